/**
 * Runs the simulator against the clock: every turn it generates what has fallen due and sends it as frames.
 *
 * After a pause (a suspended machine, a server that was away) it catches up by a bounded time only. A longer pause is skipped:
 * each pair gets a `gap` status and a new snapshot of its book, as a venue would send after a reconnect.
 *
 * @module
 */
import {
  type MarketEvent,
  type Pair,
  type TruthLabel,
  US_PER_MINUTE,
  US_PER_MS,
  US_PER_SECOND,
} from "../contract/mod.ts";
import { FrameBatcher } from "./frame_batcher.ts";
import type { Clock, FrameOutlet } from "./ports.ts";
import { createScenarioMarket } from "./scenarios/mod.ts";
import { createSimulator, type FeedDetail } from "./simulator/mod.ts";

/** Time between two turns. */
export const TURN_MS = 20;
/** A pause up to this long is made up for; beyond it the pause is skipped and told as a gap. */
export const CATCH_UP_US_MAX = 5 * US_PER_SECOND;
/** Catching up goes in slices of this much event time, with a flush after each: bounds what waits in memory. */
const SLICE_US = 100 * US_PER_MS;

export interface SimulatorFeedOptions {
  seed: number;
  pairs: readonly Pair[];
  /** Book updates a second for each pair at the busiest hour. */
  ratePerSecond: number;
  /** What the feed tells. @default {"l2"} */
  detail?: FeedDetail;
  /** Scenarios that are played on the market. @default {none: clean flow} */
  scenarios?: FeedScenarios;
  clock: Clock;
  outlet: FrameOutlet;
  /** Ends the feed; what was sent is waited for. */
  signal: AbortSignal;
  /** Called once, when the first frames are acknowledged. */
  onFirstAcknowledged?: () => void;
  /** Sees each event. */
  onEvent?: (pair: Pair, event: MarketEvent) => void;
  /** Told after each turn how far the feed is. */
  onTurn?: (summary: SimulatorFeedSummary) => void;
}

export interface FeedScenarios {
  /** Kinds that are played. @default {all} */
  kinds?: readonly string[];
  /** Event time between two of them, over all pairs, on average, seconds. */
  intervalS: number;
  /** Takes the label of each that is over. */
  onLabel(label: TruthLabel): void;
}

/** Detectors learn for so long what is usual before the first scenario. */
const SCENARIO_WARMUP_US = 3 * US_PER_MINUTE;

export interface SimulatorFeedSummary {
  sourceName: string;
  events: number;
  frames: number;
  /** Pauses that were skipped. */
  gaps: number;
}

/** @throws where the outlet fails. */
export async function runSimulatorFeed(options: SimulatorFeedOptions): Promise<SimulatorFeedSummary> {
  const { seed, clock, outlet, signal } = options;
  const startTimeUs = clock.nowUs();
  const simulator = marketOf(options, startTimeUs);
  const summary = { sourceName: `sim:${seed}:${startTimeUs}`, events: 0, frames: 0, gaps: 0 };
  const batcher = new FrameBatcher({ outlet, sourceName: summary.sourceName, receiveTimeUs: () => clock.nowUs() });
  const sink = (pair: Pair, event: MarketEvent) => {
    summary.events++;
    options.onEvent?.(pair, event);
    batcher.add(pair, event);
  };

  simulator.advance(startTimeUs, sink);
  await batcher.flush();
  await outlet.drain();
  options.onFirstAcknowledged?.();

  while (!signal.aborted) {
    const nowUs = clock.nowUs();
    if (nowUs - simulator.timeUs > CATCH_UP_US_MAX) {
      summary.gaps++;
      simulator.skip(nowUs, sink);
    }
    do {
      simulator.advance(Math.min(nowUs, simulator.timeUs + SLICE_US), sink);
      await batcher.flush();
    } while (simulator.timeUs < nowUs && !signal.aborted);
    summary.frames = batcher.frameCount;
    options.onTurn?.(summary);
    await clock.sleep(TURN_MS, signal);
  }
  await outlet.drain();
  summary.frames = batcher.frameCount;
  return summary;
}

/** The market, with or without scenarios. Those of a pair come as much later as there are pairs. */
function marketOf({ seed, pairs, ratePerSecond, detail, scenarios }: SimulatorFeedOptions, startTimeUs: number) {
  const market = { seed, pairs, ratePerSecond, startTimeUs, detail };
  if (scenarios === undefined) return createSimulator(market);
  const { kinds, intervalS, onLabel } = scenarios;
  const meanIntervalUs = intervalS * pairs.length * US_PER_SECOND;
  return createScenarioMarket({ ...market, kinds, meanIntervalUs, warmupUs: SCENARIO_WARMUP_US }, (label) => {
    // The same seed plays the same scenarios at every start: a label is of this one.
    onLabel({ ...label, id: `${label.id}-${startTimeUs.toString(36)}` });
  });
}
