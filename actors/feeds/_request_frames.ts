/**
 * The frames of one request: those of each pair and source apart, in the order of their events.
 *
 * @module
 */
import { type FrameHead, FrameWriter, type MarketEvent, type Pair } from "../contract/mod.ts";

export interface RequestFrame {
  readonly pair: Pair;
  readonly source: string;
  readonly bytes: Uint8Array;
  readonly sourceSequence: number;
  /** Sequences of its first and last event; `undefined` where not all of them have one. */
  readonly firstSequence: number | undefined;
  readonly lastSequence: number | undefined;
}

interface Batch {
  readonly pair: Pair;
  readonly source: string;
  readonly events: { event: MarketEvent; sequence: number | undefined }[];
}

export class RequestFrames {
  /** What the newest sequences were before this request, by key. */
  readonly newestBefore = new Map<string, number | undefined>();
  readonly #batches = new Map<string, Batch>();

  /** The event is kept as it is. */
  add({ pair, source, event, sequence }: Omit<Batch, "events"> & Batch["events"][number]): void {
    const key = `${source} ${pair}`;
    let batch = this.#batches.get(key);
    if (batch === undefined) this.#batches.set(key, batch = { pair, source, events: [] });
    batch.events.push({ event, sequence });
  }

  finish(headOf: (source: string) => FrameHead): RequestFrame[] {
    const writer = new FrameWriter();
    const frames: RequestFrame[] = [];
    for (const { pair, source, events } of this.#batches.values()) {
      let from = 0;
      const end = (to: number) => {
        const head = headOf(source);
        const sequences = events.slice(from, to).map(({ sequence }) => sequence);
        const areAll = !sequences.includes(undefined);
        frames.push({
          pair,
          source,
          bytes: writer.finish(head),
          sourceSequence: head.sourceSequence,
          firstSequence: areAll ? sequences[0] : undefined,
          lastSequence: areAll ? sequences.at(-1) : undefined,
        });
        from = to;
      };
      for (const [index, { event }] of events.entries()) {
        if (writer.add(event)) continue;
        end(index);
        writer.add(event);
      }
      end(events.length);
    }
    return frames;
  }
}
