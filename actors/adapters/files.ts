/**
 * Files of this machine, as the feeds read them.
 *
 * @module
 */

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
