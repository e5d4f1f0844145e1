/**
 * Files of this machine, as roles read them.
 *
 * @module
 */
import { ConfigError } from "../contract/mod.ts";

/** Open a file for reading; closing or cancelling the stream closes it. The message of an error does not repeat the path. */
export async function openFile(path: string): Promise<{ stream: ReadableStream<Uint8Array>; sizeBytes: number }> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { read: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new Error("there is no such file", { cause: error });
    if (error instanceof Deno.errors.PermissionDenied) throw new Error("permission denied", { cause: error });
    throw error;
  }
  const { size, isDirectory } = await file.stat();
  if (isDirectory) {
    file.close();
    throw new Error("it is a directory");
  }
  return { stream: file.readable, sizeBytes: size };
}

/** Size of a file on the disk. */
export async function sizeOfFile(path: string): Promise<number> {
  return (await Deno.stat(path)).size;
}

/** The text of a file that a setting names. @throws {ConfigError} which names both, where it cannot be read. */
export async function textOfSetting(
  setting: string,
  { file, expected }: { file: string; expected: string },
): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    throw new ConfigError([`${setting} ${JSON.stringify(file)}: ${(error as Error).message}; ${expected}`]);
  }
}

/** The certificates in a file that a setting names. @throws {ConfigError} where there are none. */
export async function certificatesOf(setting: string, file: string | undefined): Promise<string[] | undefined> {
  if (file === undefined) return undefined;
  const expected = "expected a file of certificates, PEM";
  const text = await textOfSetting(setting, { file, expected });
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (certificates === null) {
    throw new ConfigError([`${setting} ${JSON.stringify(file)}: no certificate in it; ${expected}`]);
  }
  return certificates;
}
