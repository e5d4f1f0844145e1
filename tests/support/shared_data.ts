/**
 * Recordings and reference numbers beside the repository, for tests that are skipped where they are absent.
 *
 * @module
 */
import { gunzipSync, inflateRawSync } from "node:zlib";

/** Folder of the recordings. */
export const DATA = Deno.env.get("FXMM_SHARED_DATA") ?? new URL("../../../shared/data", import.meta.url).pathname;

const linesOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes).split(/\r?\n/).filter((line) => line !== "");

/** Lines of a gzip file, empty ones left out. */
export function gzipLines(path: string): string[] {
  return linesOf(gunzipSync(Deno.readFileSync(path)));
}

/** Lines of the first file in a ZIP archive whose name matches; deflated, as all files in the recordings are. */
export function zipLines(path: string, name: RegExp): string[] {
  const bytes = Deno.readFileSync(path);
  const view = new DataView(bytes.buffer);
  // The record at the end has 22 bytes and a comment; it says how many entries the directory has, and where it begins.
  let end = bytes.length - 22;
  while (view.getUint32(end, true) !== 0x06054b50) end--;
  const directory = view.getUint32(end + 16, true);
  let at = directory;
  for (let entries = view.getUint16(end + 10, true); entries > 0; entries--) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((k) => view.getUint16(at + k, true));
    if (name.test(new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength!)))) {
      const local = view.getUint32(at + 42, true);
      const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      // The stream says itself where it ends.
      return linesOf(inflateRawSync(bytes.subarray(from, directory)));
    }
    at += 46 + nameLength! + extraLength! + commentLength!;
  }
  throw new RangeError(`Cannot find ${name} in ${path}`);
}
