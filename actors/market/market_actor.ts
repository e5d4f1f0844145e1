/**
 * The market actor: folds the market frames of all pairs into samples of what they do together.
 *
 * @module
 */
import {
  ALL_MARKET,
  DEFAULT_MARKET_OPTIONS,
  FrameError,
  FrameReader,
  MARKET_ACTOR,
  MARKET_DEAD_SUBJECT,
  type MarketOptions,
  pairOfSubject,
} from "../contract/mod.ts";
import type { Actor, ActorVersions, Emit, LogEntry } from "../runtime/mod.ts";
import { decodeSnapshot, encodeSnapshot } from "./market_snapshot.ts";
import { MarketState } from "./market_state.ts";

/** Version of the snapshot's shape. From another one the state is folded from the log. */
export const MARKET_SNAPSHOT_VERSION = 3;

export interface MarketActorOptions {
  /** What the metrics are computed with. @default {DEFAULT_MARKET_OPTIONS} */
  options?: MarketOptions;
}

/** The actor across all pairs, for any runtime. Its entries must say their subjects. */
export function createMarketActor({ options = DEFAULT_MARKET_OPTIONS }: MarketActorOptions = {}): Actor<MarketState> {
  const reader = new FrameReader();
  return {
    name: "market",
    input: ALL_MARKET,
    dead: MARKET_DEAD_SUBJECT,
    versions: { schema: MARKET_SNAPSHOT_VERSION },
    initial: () => new MarketState(options),
    receive(state: MarketState, entry: LogEntry, emit: Emit): void {
      state.sequence = entry.sequence;
      if (entry.subject === undefined) return state.reject("subject-absent");
      const pair = pairOfSubject(entry.subject);
      if (pair === undefined) return state.reject("subject-unknown");
      try {
        reader.open(entry.data);
      } catch (error) {
        if (!(error instanceof FrameError)) throw error;
        return state.reject(`frame-${error.code}`);
      }
      const number = state.numberOf(pair);
      if (number === undefined) return state.reject("pairs-full");
      state.open(reader);
      while (reader.next()) state.apply(number, reader.event, reader, emit);
    },
    snapshot: (state: MarketState) => encodeSnapshot(state.snapshot(), options),
    restore(bytes: Uint8Array, { schema }: ActorVersions): MarketState {
      if (schema !== MARKET_SNAPSHOT_VERSION) {
        throw new RangeError(`Cannot restore version ${MARKET_SNAPSHOT_VERSION} from a snapshot of version ${schema}`);
      }
      const { options: ranWith, state: snapshot } = decodeSnapshot(bytes);
      const state = new MarketState(options);
      state.restore(snapshot, { options: ranWith });
      return state;
    },
    gap: (state: MarketState) => state.passGap(),
    eventTimeUs: (state: MarketState) => state.timeUs,
    view: ({ lastSample }: MarketState) =>
      lastSample === "" ? [] : [{ key: `${MARKET_ACTOR}.sample`, payload: lastSample }],
  };
}
