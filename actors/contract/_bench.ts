/**
 * Cost of writing and reading market frames, beside a copy of the same bytes.
 *
 * @module
 */
import { emptyEvent, EventKind, FrameReader, FrameWriter } from "./mod.ts";

const EVENTS = 4_000_000;
const EVENTS_PER_FRAME = 100;
const ROUNDS = 5;

/** Best of some rounds, milliseconds: the others had company on the machine. */
function best(run: () => void): number {
  let ms = Infinity;
  for (let i = 0; i < ROUNDS; i++) {
    const start = performance.now();
    run();
    ms = Math.min(ms, performance.now() - start);
  }
  return ms;
}

function report(name: string, ms: number): void {
  const perSecond = EVENTS / (ms / 1000);
  console.log(
    `${name.padEnd(44)} ${(perSecond / 1e6).toFixed(1).padStart(8)} M events/s ${
      ((ms * 1e6) / EVENTS).toFixed(1).padStart(7)
    } ns/event`,
  );
}

const writer = new FrameWriter();
const event = { ...emptyEvent(), kind: EventKind.quote, price: 1.1, size: 1e6, price2: 1.1002, size2: 2e6 };
const frames: Uint8Array[] = [];
const encode = () => {
  frames.length = 0;
  for (let i = 0; i < EVENTS; i++) {
    event.eventTimeUs = 1_700_000_000_000_000 + i;
    event.price = 1.1 + (i & 255) * 1e-5;
    writer.add(event);
    if (writer.entryCount === EVENTS_PER_FRAME) {
      frames.push(writer.finish({ sourceId: 1, sourceSequence: frames.length + 1, receiveTimeUs: event.eventTimeUs }));
    }
  }
};
report(`frame encode, ${EVENTS_PER_FRAME} events a frame`, best(encode));

const reader = new FrameReader();
let sum = 0;
report(
  "frame decode, every field",
  best(() => {
    for (const frame of frames) {
      reader.open(frame);
      while (reader.next()) {
        const { kind, side, flags, eventTimeUs, price, size, price2, size2 } = reader.event;
        sum += kind + side + flags + eventTimeUs + price + size + price2 + size2;
      }
    }
  }),
);

const target = new Uint8Array(frames[0]!.length);
report("limit: copy of the same bytes", best(() => frames.forEach((frame) => target.set(frame))));
if (!Number.isFinite(sum)) throw new Error("the decoded fields must add up to a number");
