/**
 * One process per data directory. The engine locks its directory too, but does not tell who holds it; this lock is taken
 * first and does. The system frees it when the process ends, however it ends.
 *
 * @module
 */
import { DataDirectoryError } from "./errors.ts";

const LOCK_FILE = "embedded.lock";

/** Locks a directory for this process, making it when it is not there. @throws {DataDirectoryError} when it is taken. */
export async function lockDataDirectory(dataDir: string): Promise<Disposable> {
  await Deno.mkdir(dataDir, { recursive: true });
  const path = `${dataDir}/${LOCK_FILE}`;
  const file = await Deno.open(path, { create: true, read: true, write: true });
  if (!await file.tryLock(true)) {
    file.close();
    const holder = (await Deno.readTextFile(path)).trim();
    throw new DataDirectoryError(`Data directory "${dataDir}" is in use by process ${holder || "unknown"}`);
  }
  await file.truncate();
  await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
  return { [Symbol.dispose]: () => file.close() };
}
