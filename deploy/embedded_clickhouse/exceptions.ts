/**
 * How an exception reaches an HTTP client: the status of its code, its text, and the block that ends a response which
 * fails after its headers have gone.
 *
 * @module
 */
import { EngineError } from "./errors.ts";

const STATUS_BY_CODE = new Map<number, number>([
  ...[6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321, 376, 427, 441, 675, 676]
    .map((code) => [code, 400] as const),
  [194, 401],
  ...[192, 193, 497, 512, 516].map((code) => [code, 403] as const),
  ...[46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, 511].map((code) => [code, 404] as const),
  [159, 408],
  [381, 411],
  [229, 413],
  [779, 415],
  [48, 501],
  ...[76, 209, 439].map((code) => [code, 503] as const),
]);

/** HTTP status of an exception code, as the server maps it; 500 for a code without one. */
export function httpStatusOf(code: number): number {
  return STATUS_BY_CODE.get(code) ?? 500;
}

/** The text a server sends: the message with its version, and a line break. */
export function exceptionText(error: EngineError, version: string): string {
  const suffix = ` (version ${version})`;
  const message = error.message.trimEnd();
  return `${message}${message.endsWith(suffix) ? "" : suffix}\n`;
}

/**
 * The block behind a result that breaks off:
 * `\r\n__exception__\r\n<tag>\r\n<text>\n<bytes of text and line break> <tag>\r\n__exception__\r\n`.
 *
 * The tag stands in a header of the same response, so stored data cannot imitate the block.
 */
export function exceptionBlock(text: string, tag: string): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const line = `${text.trimEnd()}\n`;
  const size = encoder.encode(line).length;
  return encoder.encode(`\r\n__exception__\r\n${tag}\r\n${line}${size} ${tag}\r\n__exception__\r\n`);
}

/** Any failure as an exception of the server; one that is not the engine's is a defect, so it is logged. */
export function toEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  console.error("Request failed", error);
  return EngineError.of("STD_EXCEPTION", error instanceof Error ? error.message : String(error));
}
