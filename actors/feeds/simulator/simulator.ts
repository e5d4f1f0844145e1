/**
 * The market simulator: a deterministic stream of order books and trades for any set of pairs.
 *
 * The values of all currencies move on a fixed grid of time; between two points of it, updates and trades of each pair fall as a
 * self-exciting process whose pace follows the hour, together with whatever was planned for a time. Time comes only from outside: the
 * same seed, start and pairs give the same events, in whatever slices `advance` is called.
 *
 * One event costs about a microsecond; see `_bench.ts`.
 *
 * @module
 */
import { type Pair, Random, StatusCode, US_PER_DAY, US_PER_MS, US_PER_SECOND } from "../../contract/mod.ts";
import type { EventSink } from "../ports.ts";
import { Arrivals } from "./arrivals.ts";
import { CurrencyFactors } from "./currency_factors.ts";
import type { FeedDetail } from "./feed_tap.ts";
import { PairMarket } from "./pair_market.ts";
import { venueOf } from "./pair_venue.ts";
import { Schedule } from "./schedule.ts";
import type { Venue } from "./venue.ts";

/** Book updates a second for each pair at the busiest hour, where nothing else is said. */
export const RATE_PER_SECOND_DEFAULT = 20;
/** Grid on which the currencies move. */
const STEP_US = 20 * US_PER_MS;
/** The pace is looked up anew this often. */
const PACE_INTERVAL_US = US_PER_SECOND;
/** A skipped pause moves prices as if it had lasted this long at most. */
const SKIP_US_MAX = US_PER_DAY;

export interface SimulatorOptions {
  seed: number;
  pairs: readonly Pair[];
  /** When the simulated market begins, microseconds since the epoch. */
  startTimeUs: number;
  /** Book updates a second for each pair at the busiest hour; trades come on top. @default {20} */
  ratePerSecond?: number;
  /** What the feed gives: the touch, levels, or levels and single orders. @default {"l2"} */
  detail?: FeedDetail;
  /** Whether trades say who bought and who sold. @default {true} */
  counterparties?: boolean;
  /** Whether trades say which side took. @default {true} */
  aggressors?: boolean;
}

export interface Simulator {
  /** Every event up to and with this time has been generated. */
  readonly timeUs: number;
  /** Efficient mid of a simulated pair; triangles of these are exact unless a pair was dislocated. */
  efficientMid(pair: Pair): number;
  /** What anybody can do on the market of a pair, while time moves on. */
  venue(pair: Pair): Venue;
  /** Generate on to a time. The first call begins with a snapshot of every book. */
  advance(untilUs: number, sink: EventSink): void;
  /** Generate nothing up to a time: tells a gap and a new snapshot of every book. */
  skip(untilUs: number, sink: EventSink): void;
}

export function createSimulator(options: SimulatorOptions): Simulator {
  return new OrderBookSimulator(options);
}

interface Flow {
  readonly market: PairMarket;
  readonly arrivals: Arrivals;
  meanPerSecond: number;
  /** When its next update or trade falls; Infinity: in none of this step. */
  nextUs: number;
}

class OrderBookSimulator implements Simulator {
  timeUs: number;
  readonly #factors: CurrencyFactors;
  readonly #schedule = new Schedule();
  readonly #flows: readonly Flow[];
  #started = false;
  #paceUntilUs = 0;
  #stepEndUs: number;

  constructor(options: SimulatorOptions) {
    const { seed, pairs, startTimeUs, ratePerSecond = RATE_PER_SECOND_DEFAULT } = options;
    const { detail = "l2", counterparties = true, aggressors = true } = options;
    if (pairs.length === 0) throw new RangeError("Cannot simulate no pairs: give at least one");
    if (!(ratePerSecond > 0)) {
      throw new RangeError(`Cannot simulate ${ratePerSecond} updates a second: expected more than 0`);
    }
    this.timeUs = this.#stepEndUs = this.#schedule.timeUs = startTimeUs;
    this.#factors = new CurrencyFactors(new Random(seed, 1));
    const impactScale = Math.min(1, Math.sqrt(RATE_PER_SECOND_DEFAULT / ratePerSecond));
    const shared = { factors: this.#factors, schedule: this.#schedule, impactScale, ratePerSecond };
    this.#flows = pairs.map((pair, index) => ({
      market: new PairMarket(pair, {
        ...shared,
        detail,
        counterparties,
        aggressors,
        random: new Random(seed, 2 + 2 * index),
      }),
      arrivals: new Arrivals(new Random(seed, 3 + 2 * index), startTimeUs),
      meanPerSecond: 0,
      nextUs: Infinity,
    }));
    this.#factors.activate([...new Set(this.#flows.flatMap(({ market }) => [market.base, market.quote]))]);
    this.#factors.step(startTimeUs, 0);
    for (const { market } of this.#flows) market.open();
    this.#beginStep(0);
  }

  efficientMid(pair: Pair): number {
    return this.#marketOf(pair).efficientMid;
  }

  venue(pair: Pair): Venue {
    return venueOf(this.#marketOf(pair));
  }

  #marketOf(pair: Pair): PairMarket {
    const flow = this.#flows.find(({ market }) => market.pair === pair);
    if (flow === undefined) throw new RangeError(`Cannot tell of ${pair}: it is not simulated`);
    return flow.market;
  }

  advance(untilUs: number, sink: EventSink): void {
    if (untilUs < this.timeUs) return;
    for (const { market } of this.#flows) market.tap.sink = sink;
    if (!this.#started) {
      this.#started = true;
      for (const { market } of this.#flows) market.tap.picture(this.timeUs);
    }
    for (;;) {
      const flow = this.#nextFlow();
      const flowUs = flow?.nextUs ?? Infinity;
      const plannedUs = this.#schedule.nextUs;
      if (Math.min(flowUs, plannedUs) < this.#stepEndUs) {
        if (Math.floor(Math.min(flowUs, plannedUs)) > untilUs) break;
        if (plannedUs <= flowUs) this.#schedule.run();
        else {
          this.#schedule.timeUs = Math.floor(flowUs);
          flow!.market.fire();
          this.#plan(flow!);
        }
      } else {
        if (this.#stepEndUs > untilUs) break;
        this.#beginStep(STEP_US);
      }
    }
    this.timeUs = untilUs;
  }

  skip(untilUs: number, sink: EventSink): void {
    if (untilUs <= this.timeUs) return;
    const skippedUs = Math.min(untilUs - this.timeUs, SKIP_US_MAX);
    for (const { market } of this.#flows) market.tap.sink = () => {};
    // What was planned for the pause has happened, unheard.
    while (this.#schedule.nextUs <= untilUs) this.#schedule.run();
    this.timeUs = this.#stepEndUs = this.#schedule.timeUs = untilUs;
    this.#started = true;
    this.#factors.step(untilUs, skippedUs / US_PER_SECOND);
    for (const { market, arrivals } of this.#flows) {
      arrivals.skip(untilUs);
      market.reopen();
      market.tap.sink = sink;
      market.tap.status(StatusCode.gap, untilUs);
      market.tap.picture(untilUs);
    }
    this.#beginStep(0);
  }

  #nextFlow(): Flow | undefined {
    let first: Flow | undefined;
    for (const flow of this.#flows) if (flow.nextUs < (first?.nextUs ?? Infinity)) first = flow;
    return first;
  }

  #plan(flow: Flow): void {
    flow.nextUs = flow.arrivals.next(flow.meanPerSecond, this.#stepEndUs);
  }

  /** Move the currencies to the end of the last step, where the next one begins. */
  #beginStep(elapsedUs: number): void {
    const startUs = this.#stepEndUs;
    this.#stepEndUs = startUs + STEP_US;
    this.#schedule.timeUs = startUs;
    if (elapsedUs > 0) this.#factors.step(startUs, elapsedUs / US_PER_SECOND);
    const renew = startUs >= this.#paceUntilUs;
    if (renew) this.#paceUntilUs = (Math.floor(startUs / PACE_INTERVAL_US) + 1) * PACE_INTERVAL_US;
    for (const flow of this.#flows) {
      flow.market.step(elapsedUs / US_PER_SECOND);
      if (renew) flow.meanPerSecond = flow.market.eventsPerSecond;
      this.#plan(flow);
    }
  }
}
