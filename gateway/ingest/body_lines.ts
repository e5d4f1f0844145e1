/**
 * The events of a body, one after another, in memory that does not grow with it: lines of JSON as they arrive, or an array, which is
 * read whole and therefore bounded.
 *
 * @module
 */

/** Bytes of a body that is an array or one object. A larger one is refused: send a line for each event. */
export const ARRAY_BYTES_MAX = 8 * 1024 * 1024;
/** Characters of one line. A longer one is refused by itself, and passed over to its end. */
export const LINE_CHARS_MAX = 16 * 1024;

export class IngestBodyError extends Error {
  override readonly name = "IngestBodyError";
  constructor(readonly code: "malformed" | "too-large", message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

export interface IngestLine {
  /** From 1; the place in the array where the body is one. */
  readonly line: number;
  /** `undefined` where the line is longer than its limit. */
  readonly text: string | undefined;
}

/** @throws {IngestBodyError} where the body is no text, no JSON or an array that is too large. */
export async function* ingestLines(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<IngestLine> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch (error) {
      throw new IngestBodyError("malformed", "the body is not UTF-8", { cause: error });
    }
  };
  let rest = "";
  let line = 0;
  let isSkipping = false;
  let isWhole: boolean | undefined;
  for await (const bytes of body) {
    rest += decode(bytes);
    isWhole ??= wholeOf(rest);
    if (isWhole === undefined) {
      if (rest.length > LINE_CHARS_MAX) isWhole = false;
      else continue;
    }
    if (isWhole) {
      if (rest.length > ARRAY_BYTES_MAX) {
        throw new IngestBodyError(
          "too-large",
          `an array of more than ${ARRAY_BYTES_MAX} bytes; send a line for each event`,
        );
      }
      continue;
    }
    const texts = rest.split("\n");
    rest = texts.pop()!;
    for (const text of texts) {
      line++;
      if (isSkipping || text.length > LINE_CHARS_MAX) yield { line, text: undefined };
      else if (text.trim() !== "") yield { line, text };
      isSkipping = false;
    }
    if (rest.length > LINE_CHARS_MAX) {
      isSkipping = true;
      rest = "";
    }
  }
  rest += decode();
  if (isWhole ?? wholeOf(`${rest}\n`) ?? false) yield* elementsOf(rest);
  else if (isSkipping) yield { line: line + 1, text: undefined };
  else {
    for (const text of rest.split("\n")) {
      line++;
      if (text.trim() !== "") yield { line, text };
    }
  }
}

/** Whether a body that begins so is read whole: an array, or one object over several lines. `undefined`: not to be told yet. */
function wholeOf(head: string): boolean | undefined {
  const text = head.trimStart();
  if (text === "") return undefined;
  if (text[0] === "[") return true;
  const end = text.indexOf("\n");
  return end < 0 ? undefined : text.slice(0, end).trimEnd() === "{";
}

function* elementsOf(text: string): Generator<IngestLine> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new IngestBodyError("malformed", `the body is not JSON: ${(error as Error).message}`, { cause: error });
  }
  const values = Array.isArray(value) ? value : [value];
  for (const [index, one] of values.entries()) yield { line: index + 1, text: JSON.stringify(one) };
}
