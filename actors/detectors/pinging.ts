/**
 * Pinging: a run of tiny trades on one side, far more than usual, and then a large one on the same side.
 *
 * Logic: takings of at most a share of the usual trade, of one sign, within a window; their number against what so long a time usually
 * has (Poisson); then, within a few seconds, a taking of a multiple of the usual trade of that sign. Where owners are told, those of who
 * took the large one alone; otherwise of all, with few larger ones in between: busy markets have tiny trades among others.
 * Input: trades with sides; owners sharpen it. Score: 1 − chance of so many tiny ones. Warm-up: that of the usual trade.
 * Cost: O(1) per trade, a walk over 64 takings per large one. State: 2·64 takings.
 * Limits: one who waits longer between ping and order is not seen; neither are orders that are sent and taken back.
 *
 * @module
 */
import { type DetectionOptions, Side, US_PER_MINUTE, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import { poissonTail } from "./_poisson.ts";
import { joined, separated } from "./state_list.ts";
import { TakeGatherer } from "./_take_gatherer.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { TapeTrade } from "./flow_tape.ts";
import type { MarketView } from "./market_view.ts";

/** Takings of a side that are looked back at. Overflow: the oldest is forgotten. */
const TAKES_MAX = 64;
/** The large trade comes so long after the last ping at most. */
const LARGE_US_MAX = 4 * US_PER_SECOND;
const QUIET_US = 10 * US_PER_SECOND;
/** Half-life of how often tiny trades are. */
const RATE_HALF_LIFE_US = 20 * US_PER_MINUTE;
/** Tiny trades a second that are taken for usual at least. */
const RATE_MIN = 0.02;
const P_MAX = 1e-6;
/** In a run there are so many larger takings for each ping at most. */
const OTHERS_SHARE_MAX = 0.4;

/** The newest takings of a side. */
class Takes {
  readonly timesUs = new Float64Array(TAKES_MAX);
  readonly sizes = new Float64Array(TAKES_MAX);
  readonly owners = new Float64Array(TAKES_MAX);
  readonly sequences = new Float64Array(TAKES_MAX);
  readonly tiny = new Float64Array(TAKES_MAX);
  #next = 0;
  count = 0;

  push({ timeUs, size, owner }: TakeGatherer, { tiny, sequence }: { tiny: boolean; sequence: number }): void {
    const at = this.#next;
    this.timesUs[at] = timeUs;
    this.sizes[at] = size;
    this.owners[at] = owner;
    this.sequences[at] = sequence;
    this.tiny[at] = Number(tiny);
    this.#next = (at + 1) % TAKES_MAX;
    this.count = Math.min(TAKES_MAX, this.count + 1);
  }

  /** Where the k-th newest stands. */
  at(k: number): number {
    return (this.#next - 1 - k + TAKES_MAX) % TAKES_MAX;
  }

  get #lists(): Float64Array[] {
    return [this.timesUs, this.sizes, this.owners, this.sequences, this.tiny];
  }

  snapshot(): number[] {
    return [this.#next, this.count, ...this.#lists.flatMap((list) => [...list])];
  }

  restore(state: readonly number[]): void {
    [this.#next, this.count] = state as [number, number];
    let at = 2;
    for (const list of this.#lists) list.set(state.slice(at, at += TAKES_MAX));
  }
}

export class Pinging implements Detector {
  readonly cases: readonly [Case<"pinging">];
  readonly #options: DetectionOptions["pinging"];
  readonly #buys = new Takes();
  readonly #sells = new Takes();
  readonly #take = new TakeGatherer();
  /** Tiny takings a second of both signs, and when it was brought up to now. */
  #rate = RATE_MIN;
  #rateUs = 0;
  #market: MarketView | undefined;

  constructor(maker: DetectorMaker) {
    this.#options = maker.options.pinging;
    this.cases = [
      maker.case("pinging", {
        quietUs: QUIET_US,
        sentence: ({ pingCount = NaN, runMs = NaN, largeSize = NaN, usualSize = NaN }) =>
          `${pingCount} tiny trades one way in ${(runMs / 1_000).toFixed(1)} s, then one of ${
            (largeSize / 1e6).toPrecision(3)
          } M, ${(largeSize / usualSize).toFixed(1)} times the usual: consistent with pinging`,
      }),
    ];
  }

  onTrade(trade: TapeTrade, market: MarketView): void {
    if (trade.passiveSide === Side.none) return;
    this.#market = market;
    this.#take.add(market.timeUs, trade, this.#taken);
  }

  onSettled(market: MarketView): void {
    this.#market = market;
    this.#take.finish(this.#taken);
  }

  /** Somebody has taken something. */
  readonly #taken = (): void => {
    const market = this.#market!;
    const { timeUs, sign, size } = this.#take;
    const usualSize = market.usual.tradeSize;
    if (usualSize === undefined) return;
    const takes = sign > 0 ? this.#buys : this.#sells;
    const tiny = size <= this.#options.tinyShare * usualSize;
    if (tiny) {
      const kept = 2 ** (-(timeUs - this.#rateUs) / RATE_HALF_LIFE_US);
      this.#rate = this.#rate * kept + (Math.LN2 * US_PER_SECOND) / RATE_HALF_LIFE_US;
      this.#rateUs = timeUs;
    } else if (size >= this.#options.largeRatio * usualSize) this.#judge(market, takes, usualSize);
    takes.push(this.#take, { tiny, sequence: market.sequence });
  };

  /** A large one was taken: was there a run of tiny ones before it? */
  #judge({ sequence, sink }: MarketView, takes: Takes, usualSize: number): void {
    const { timeUs, owner, size: largeSize } = this.#take;
    const fromUs = timeUs - this.#options.windowS * US_PER_SECOND;
    let [count, others, othersWithin, first] = [0, 0, 0, -1];
    for (let k = 0; k < takes.count; k++) {
      const at = takes.at(k);
      if (takes.timesUs[at]! < fromUs) break;
      if (owner === owner && takes.owners[at] !== owner) continue;
      if (takes.tiny[at] === 0) {
        others++;
        continue;
      }
      if (count === 0 && timeUs - takes.timesUs[at]! > LARGE_US_MAX) return;
      count++;
      first = at;
      othersWithin = others;
    }
    if (count < this.#options.count || othersWithin > OTHERS_SHARE_MAX * count) return;
    const runUs = timeUs - takes.timesUs[first]!;
    // Of one sign: half of them.
    const expectedCount = (Math.max(RATE_MIN, this.#rate) / 2) * (runUs / US_PER_SECOND);
    const p = poissonTail(count, expectedCount);
    if (p > P_MAX) return;
    this.cases[0].tell({
      timeUs,
      sequence,
      startUs: takes.timesUs[first]!,
      sequenceFirst: takes.sequences[first]!,
      score: 1 - p,
      severity: largeSize > 2 * this.#options.largeRatio * usualSize ? "critical" : "warning",
      evidence: {
        pingCount: count,
        pingSize: this.#medianPing(takes, fromUs),
        largeSize,
        usualSize,
        runMs: runUs / US_PER_MS,
        expectedCount,
      },
    }, sink);
    takes.count = 0;
  }

  #medianPing(takes: Takes, fromUs: number): number {
    const sizes: number[] = [];
    for (let k = 0; k < takes.count; k++) {
      const at = takes.at(k);
      if (takes.tiny[at] === 1 && takes.timesUs[at]! >= fromUs) sizes.push(takes.sizes[at]!);
    }
    return sizes.sort((a, b) => a - b)[sizes.length >> 1]!;
  }

  onInterrupted(): void {
    this.#buys.count = this.#sells.count = 0;
  }

  snapshot(): number[] {
    return [this.#rate, this.#rateUs, ...joined([this.#take, this.#buys, this.#sells])];
  }

  restore(state: readonly number[]): void {
    [this.#rate, this.#rateUs] = state as [number, number];
    separated([this.#take, this.#buys, this.#sells], state, 2);
  }
}
