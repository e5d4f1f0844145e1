/**
 * The body of a response: pieces of a result as the reader asks for them, packed when asked for.
 *
 * A statement that fails behind its first pieces cannot change its status any more. Its body ends with an exception block,
 * and the connection breaks behind it, so that neither a client that knows the block nor one that does not takes the
 * result for whole. A reader that leaves stops the query.
 *
 * @module
 */
import { createGzip } from "node:zlib";
import { type EngineError } from "./errors.ts";
import { exceptionBlock, exceptionText, toEngineError } from "./exceptions.ts";
import { type Execution } from "./execution.ts";
import { type RunningQuery } from "./running_queries.ts";

/**
 * Time between the exception block and the end of the connection. A client drops what it has received but not handled yet
 * when the connection breaks; this lets it see the block first.
 */
export const BREAK_OFF_DELAY_MS = 1_000;

/** A statement that answers, and what to do when it is over. */
export interface Result {
  execution: Execution;
  running: RunningQuery;
  tag: string;
  finish(): Promise<void>;
  version: string;
}

/** The body of the response to a statement. */
export function resultBody(result: Result, options: { gzip: boolean }): ReadableStream<Uint8Array<ArrayBuffer>> {
  const failure: Failure = {};
  const stream = resultStream(result, failure);
  return breakOff(options.gzip ? stream.pipeThrough(gzip(failure)) : stream, failure);
}

/** Set once a result has broken off after its headers went out. */
interface Failure {
  error?: EngineError;
}

/** The body of a response; a failure ends it with an exception block and is noted. */
function resultStream(
  { execution, running, tag, finish, version }: Result,
  failure: Failure,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { held, rest } = execution;
  let ended: Promise<void> | undefined;
  const end = () => ended ??= (async () => await rest?.close())().finally(finish);
  let pulling: Promise<void> = Promise.resolve();
  let left = false;
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>) => {
    const ready = held.shift();
    if (ready !== undefined) return controller.enqueue(ready);
    try {
      const piece = rest === undefined ? undefined : await running.step(() => rest.next());
      if (left) return;
      if (piece !== undefined) return controller.enqueue(piece);
    } catch (thrown) {
      if (left) return;
      failure.error = toEngineError(thrown);
      controller.enqueue(exceptionBlock(exceptionText(failure.error, version), tag));
    }
    await end();
    if (!left) controller.close();
  };
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => pulling = pull(controller),
    async cancel() {
      left = true;
      running.cancel();
      // The engine takes one call at a time on a connection; the one under way fails soon.
      await pulling;
      await end();
    },
  }, { highWaterMark: 0 });
}

/** Packs a body. One that failed is flushed but not ended, so that its packed form is not whole either. */
function gzip(failure: Failure): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  const packer = createGzip();
  return new TransformStream({
    start(controller) {
      packer.on("data", (piece: Uint8Array) => controller.enqueue(new Uint8Array(piece)));
      packer.on("error", (error) => controller.error(error));
    },
    transform: (piece) => new Promise((resolve) => packer.write(piece, () => resolve())),
    flush: () =>
      new Promise((resolve) => {
        if (failure.error === undefined) packer.once("end", resolve).end();
        else packer.flush(() => resolve());
      }),
  });
}

/** Breaks the connection behind a result that failed, so that no client takes it for whole. */
function breakOff(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  failure: Failure,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { value, done } = await reader.read();
      if (!done) return controller.enqueue(value);
      if (failure.error === undefined) return controller.close();
      await new Promise((resolve) => setTimeout(resolve, BREAK_OFF_DELAY_MS));
      controller.error(failure.error.message);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}
