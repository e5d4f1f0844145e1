/**
 * One simulated market, folded: what was planted, what was said, and what static thresholds would have said.
 *
 * @module
 */
import {
  type MarketEvent,
  type MarketOptions,
  type MetricOptions,
  type Pair,
  type TruthLabel,
  US_PER_HOUR,
  US_PER_MS,
} from "../contract/mod.ts";
import {
  createScenarioMarket,
  HARD_NEGATIVE_KINDS,
  SCENARIO_US_MAX,
  type ScenarioMarketOptions,
} from "../feeds/mod.ts";
import { Folding } from "./folding.ts";
import { type FoundCase, judge } from "./matching.ts";
import { StaticRules } from "./static_rules.ts";
import type { RunResult } from "./tally.ts";

/** Frames end this often, as those of a feed do. */
const FRAME_US = 20 * US_PER_MS;

export interface MarketRunOptions
  extends Pick<ScenarioMarketOptions, "detail" | "counterparties" | "subtlety" | "kinds"> {
  seed: number;
  pairs: readonly Pair[];
  startTimeUs: number;
  hours: number;
  /** Hard negatives and clean flow only. */
  quiet: boolean;
  metrics: MetricOptions;
  market: MarketOptions;
  /** Another configuration that is to see the same market. */
  other?: { metrics: MetricOptions; market: MarketOptions };
}

export interface MarketRun {
  readonly quiet: boolean;
  readonly ours: RunResult;
  readonly fixed: RunResult;
  readonly cases: readonly FoundCase[];
  readonly otherCases: readonly FoundCase[];
}

export function runMarket(options: MarketRunOptions): MarketRun {
  const { seed, pairs, startTimeUs, hours, quiet } = options;
  const labels: TruthLabel[] = [];
  const endUs = startTimeUs + hours * US_PER_HOUR;
  const market = createScenarioMarket({
    ...options,
    lastBeginUs: endUs - SCENARIO_US_MAX,
    ...(quiet && { kinds: HARD_NEGATIVE_KINDS, benignShare: 1, meanIntervalUs: 240e6 }),
  }, (label) => labels.push(label));
  const folding = new Folding(options);
  const other = options.other === undefined ? undefined : new Folding({ pairs, ...options.other });
  const rules = new Map(pairs.map((pair) => [pair, new StaticRules(pair)]));
  const sink = (pair: Pair, event: MarketEvent) => {
    folding.take(pair, event);
    other?.take(pair, event);
    rules.get(pair)!.take(event);
  };
  for (let timeUs = startTimeUs; timeUs <= endUs; timeUs += FRAME_US) {
    market.advance(timeUs, sink);
    folding.flush(timeUs);
    other?.flush(timeUs);
  }
  const { offKinds } = folding;
  const result = (cases: readonly FoundCase[]): RunResult => ({
    seed,
    pairHours: hours * pairs.length,
    eventCount: folding.eventCount,
    labels,
    judged: judge(cases, labels),
    offKinds,
  });
  const cases = folding.collector.found;
  return {
    quiet,
    ours: result(cases),
    fixed: result([...rules.values()].flatMap(({ cases }) => cases)),
    cases,
    otherCases: other?.collector.found ?? [],
  };
}
