/**
 * Messages of Kraken a second, on one core: parsed, the book kept and its checksum verified; then the same with frames written; beside
 * them what `JSON.parse` alone costs, as the limit. The messages are the same in every run.
 *
 * Run: `deno task bench kraken`
 *
 * @module
 */
import { type MarketEvent, type Pair, parsePair } from "../../../contract/mod.ts";
import { FrameBatcher } from "../../frame_batcher.ts";
import type { FeedLink, SocketHandlers } from "../../live/mod.ts";
import { Normaliser } from "../../normaliser.ts";
import { krakenSource } from "./mod.ts";
import { INSTRUMENTS, messagesOf } from "../../../../tests/support/venues/kraken_messages.ts";

const MESSAGES = 200_000;
const ROUNDS = 3;
const EURUSD = parsePair("EURUSD") as Pair;
const START_MS = Date.UTC(2026, 0, 5, 10);
/** Takes what a source emits, and nothing else. */
function linkTo(emit: (pair: Pair, event: MarketEvent) => void) {
  let handlers: SocketHandlers | undefined;
  const fail = (what: string) => () => {
    throw new Error(`unexpected: ${what}`);
  };
  const link = {
    signal: new AbortController().signal,
    receiveTimeUs: (START_MS + MESSAGES) * 1_000,
    socket: (_url: string, given: SocketHandlers) => {
      handlers = given;
      return new Promise<void>(() => {});
    },
    emit,
    status: () => {},
    refuse: fail("a refusal"),
    duplicate: fail("a duplicate"),
    gap: fail("a gap"),
    live: () => {},
    pair: () => {},
    sourceTimeUs: () => START_MS * 1_000,
    sourceShows: () => {},
    log: () => {},
  } as unknown as FeedLink;
  return { link, take: (text: string) => handlers!.onText(text, () => {}) };
}

async function best(run: () => void | Promise<void>): Promise<number> {
  let bestMs = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const startMs = performance.now();
    await run();
    bestMs = Math.min(bestMs, performance.now() - startMs);
  }
  return bestMs;
}

const figure = (ms: number) =>
  `${Math.round(MESSAGES / ms * 1_000).toLocaleString("en").padStart(9)} messages/s, ${
    (ms * 1e6 / MESSAGES).toFixed(0).padStart(5)
  } ns each`;

for (const depth of [10, 100, 1000]) {
  const messages = messagesOf(depth, MESSAGES);
  const parseMs = await best(() => {
    for (const text of messages) JSON.parse(text);
  });
  const keepMs = await best(() => {
    let count = 0;
    const { link, take } = linkTo(() => count++);
    void krakenSource({ pairs: [EURUSD], depth }).run(link);
    take(INSTRUMENTS);
    for (const text of messages) take(text);
    if (count < MESSAGES) throw new Error(`${count} events of ${MESSAGES} messages`);
  });
  const frameMs = await best(async () => {
    const outlet = { publish: async () => {}, drain: async () => {} };
    const batcher = new FrameBatcher({
      outlet,
      sourceName: "bench",
      receiveTimeUs: () => (START_MS + MESSAGES) * 1_000,
    });
    const normaliser = new Normaliser({ timeBackUsMax: 1_000_000 });
    const { link, take } = linkTo((pair, event) => {
      if (normaliser.admit(pair, event, 0)) batcher.add(pair, event);
    });
    void krakenSource({ pairs: [EURUSD], depth }).run(link);
    take(INSTRUMENTS);
    for (const [index, text] of messages.entries()) {
      take(text);
      if (index % 16 === 0) await batcher.flush();
    }
    await batcher.flush();
  });
  console.log(`depth ${String(depth).padStart(4)}   parsed and verified ${figure(keepMs)}`);
  console.log(`             with frames         ${figure(frameMs)}`);
  console.log(`             JSON.parse alone    ${figure(parseMs)}`);
}
