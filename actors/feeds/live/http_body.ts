/**
 * Bodies of answers as text and as lines, bounded.
 *
 * @module
 */
import { FeedFault } from "../../contract/mod.ts";

/** Bytes of an answer that is read whole. More is a fault: no source that is polled sends so much. */
export const ANSWER_BYTES_MAX = 1024 * 1024;
/** Characters of one line of a stream. */
export const STREAM_LINE_CHARS_MAX = 256 * 1024;

/** The whole body. @throws {FeedFault} where it is too large or breaks off. */
export async function textOf(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<string> {
  let text = "";
  for await (const piece of pieces(body, signal)) {
    text += piece;
    if (text.length > ANSWER_BYTES_MAX) {
      throw new FeedFault("protocol", `an answer of more than ${ANSWER_BYTES_MAX} bytes`);
    }
  }
  return text;
}

/** Lines, as many at once as a piece of the body ends; blank ones are left out. @throws {FeedFault} where the body breaks off. */
export async function* linesOf(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<string[]> {
  let rest = "";
  for await (const piece of pieces(body, signal)) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop()!;
    if (rest.length > STREAM_LINE_CHARS_MAX) {
      throw new FeedFault("protocol", `a line of more than ${STREAM_LINE_CHARS_MAX} characters`);
    }
    const whole = lines.filter((line) => line.trim() !== "");
    if (whole.length > 0) yield whole;
  }
  if (rest.trim() !== "") yield [rest];
}

async function* pieces(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", cancel, { once: true });
  try {
    while (!signal.aborted) {
      const { value, done } = await reader.read();
      if (done) break;
      yield decoder.decode(value, { stream: true });
    }
  } catch (error) {
    throw new FeedFault("closed", `the answer broke off: ${(error as Error).message}`, { cause: error });
  } finally {
    signal.removeEventListener("abort", cancel);
    cancel();
  }
}
