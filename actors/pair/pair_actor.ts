/**
 * The pair actor: folds a pair's market frames into metric samples.
 *
 * @module
 */
import {
  deadSubject,
  DEFAULT_METRIC_OPTIONS,
  EventFlag,
  FrameError,
  FrameReader,
  LIVE_LEVELS_MAX,
  type LiveBook,
  marketSubject,
  type MetricOptions,
  type Pair,
  Side,
} from "../contract/mod.ts";
import type { Actor, ActorVersions, Emit, LogEntry } from "../runtime/mod.ts";
import type { Ladder } from "../book/mod.ts";
import { decodePairSnapshot, encodePairSnapshot, PAIR_SNAPSHOT_VERSION } from "./pair_snapshot.ts";
import { PairState } from "./pair_state.ts";

/** The actor of one pair, for any runtime: a host on a log, or a loop over a file. */
export function createPairActor(pair: Pair, options: MetricOptions = DEFAULT_METRIC_OPTIONS): Actor<PairState> {
  const reader = new FrameReader();
  return {
    name: `pair.${pair}`,
    input: marketSubject(pair),
    dead: deadSubject(pair),
    versions: { schema: PAIR_SNAPSHOT_VERSION },
    initial: () => new PairState(pair, options),
    receive(state: PairState, entry: LogEntry, emit: Emit): void {
      state.sequence = entry.sequence;
      try {
        reader.open(entry.data);
      } catch (error) {
        if (!(error instanceof FrameError)) throw error;
        state.reject(`frame-${error.code}`);
        return;
      }
      while (reader.next()) state.apply(reader.event, reader, emit);
    },
    snapshot: (state: PairState) => encodePairSnapshot(state.snapshot()),
    restore(bytes: Uint8Array, versions: ActorVersions): PairState {
      const state = new PairState(pair, options);
      const snapshot = decodePairSnapshot(bytes, versions.schema);
      if (snapshot.pair !== pair) throw new RangeError(`Cannot restore ${pair} from a snapshot of ${snapshot.pair}`);
      state.restore(snapshot);
      return state;
    },
    gap: (state: PairState, emit: Emit) => state.passGap(emit),
    eventTimeUs: (state: PairState) => state.timeUs,
    view(state: PairState) {
      const views = [];
      if (state.timeUs > 0) views.push({ key: `${pair}.book`, payload: JSON.stringify(liveBook(state)) });
      if (state.timeUs > 0) views.push({ key: `${pair}.detectors`, payload: JSON.stringify(detectorsView(state)) });
      if (state.lastSample !== "") views.push({ key: `${pair}.sample`, payload: state.lastSample });
      return views;
    },
  };
}

/** The newest book, as the live view shows it. */
export function liveBook(state: PairState): LiveBook {
  const { book, lastTrade } = state;
  return {
    pair: state.pair,
    timeUs: state.timeUs,
    sequence: state.sequence,
    bid: present(book.bid),
    ask: present(book.ask),
    bidSize: present(book.bidSize),
    askSize: present(book.askSize),
    lastTrade: lastTrade.kind === 0 ? undefined : {
      price: lastTrade.price,
      size: lastTrade.size,
      side: (lastTrade.flags & EventFlag.aggressorKnown) === 0 || lastTrade.side === Side.none
        ? undefined
        : lastTrade.side === Side.buy
        ? "buy"
        : "sell",
    },
    bids: topLevels(book.bids),
    asks: topLevels(book.asks),
  };
}

/** Which detectors run, and why others do not. */
function detectorsView({ pair, detection: { arrangedUs, statuses } }: PairState) {
  return { pair, timeUs: arrangedUs, detectors: statuses };
}

function topLevels(ladder: Ladder): [number, number][] {
  const levels: [number, number][] = [];
  for (let depth = 0; depth < Math.min(ladder.count, LIVE_LEVELS_MAX); depth++) {
    levels.push([ladder.price(depth), ladder.size(depth)]);
  }
  return levels;
}

function present(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}
