/**
 * Streams and sinks for tests of readers.
 *
 * @module
 */
import type { MarketEvent, Pair, RejectCode } from "../../actors/contract/mod.ts";
import { openReader, type ReaderOptions } from "../../actors/feeds/readers/mod.ts";

/** Bytes as a stream, cut into chunks of the given sizes, again and again. */
export function streamOf(bytes: Uint8Array, chunkBytes: readonly number[] = [64 * 1024]): ReadableStream<Uint8Array> {
  let at = 0;
  let turn = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      const size = Math.max(1, chunkBytes[turn++ % chunkBytes.length]!);
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}

export async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const zipped = streamOf(bytes).pipeThrough(
    new CompressionStream("gzip") as ReadableWritablePair<Uint8Array, Uint8Array>,
  );
  return new Uint8Array(await new Response(zipped as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
}

export interface ReadResult {
  format: string;
  rows: number;
  notes: readonly string[];
  events: { pair: Pair; event: MarketEvent }[];
  refused: { code: RejectCode; line: number; message: string }[];
}

/** Read a whole file from memory. */
export async function readAll(
  path: string,
  content: string | Uint8Array,
  options: ReaderOptions & { chunkBytes?: readonly number[] } = {},
): Promise<ReadResult> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const reader = await openReader(
    path,
    { stream: streamOf(bytes, options.chunkBytes), sizeBytes: bytes.length },
    options,
  );
  const result: ReadResult = { format: reader.format, rows: 0, notes: [], events: [], refused: [] };
  const sink = {
    event: (pair: Pair, event: MarketEvent) => void result.events.push({ pair, event: { ...event } }),
    refuse: (code: RejectCode, line: number, describe: () => string) =>
      void result.refused.push({ code, line, message: describe() }),
  };
  do while (reader.next(sink)); while (await reader.fill());
  result.rows = reader.rowCount;
  result.notes = reader.notes;
  return result;
}
