/**
 * What spread is normal in the trading session that is open: a mean and a variance for each set of open sessions.
 *
 * Formula: whole seconds of event time are counted, each with the spread x that was in force just before it ended and under the set of
 * sessions that were open in it (`SessionClock.sessionKey`, 0 to 15). For each set, over its own seconds alone, with v = 2^(−Δ/h) for Δ
 * seconds of one spread, w = 1 − v, d = x − m: W′ = v·W + w, m′ = m + (w/W′)·d, S′ = v·S + (w·v·W/W′)·d², variance S/W. The weight of a
 * second halves with every h of that session's time; W, which grows from 0 to 1, keeps the first seconds from weighing more than others.
 * z = (EW mean of the spread − m)/√(S/W), of the session that is open at the newest time.
 * Not counted are seconds without a spread (NaN), seconds in which it has stood for over an hour, and, between Friday and Sunday 17:00 in New
 * York, all but the seconds in which a quote came.
 *
 * Warm-up: 600 counted seconds of the session. `zScore` has no value where the spread never changed.
 * Cost: a comparison for most quotes; an exponential for each second that is told, two at most for a pause. State: 67 numbers.
 * Pitfall: half-life and warm-up are of the session: five days of an 8-hour session with the default of 40 h, and a set of sessions that is
 * rare, as two open together on days between two changes of the clocks, takes longer.
 * Source: Finch (2009), Incremental calculation of weighted mean and variance, here with a total weight that decays; intraday pattern
 * of spreads: McInish, Wood (1992).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const baseline = new SessionBaseline({ halfLifeUs: 40 * 3_600_000_000, warmupUs: 2_000_000 });
 * const openUs = Date.parse("2024-03-15T13:30:00Z") * 1000; // London and New York
 * baseline.update(openUs, 0.4);
 * baseline.update(openUs + 1_000_000, 0.6);
 * baseline.advance(openUs + 2_000_000);
 * assert(Math.abs(baseline.mean! - 0.5) < 1e-6);
 * assert(Math.abs(baseline.zScore(0.7)! - 2) < 1e-5); // two standard deviations of 0.1
 * ```
 *
 * @module
 */
import { CLOSED_MARKET_US, SESSION_KEY_COUNT, SessionClock, US_PER_HOUR, US_PER_SECOND } from "../contract/mod.ts";
import { type Estimator, finite } from "./estimator.ts";

export interface SessionBaselineOptions {
  /** Half-life in time of the session, microseconds. */
  halfLifeUs: number;
  /** Time of the session before there is a value, microseconds. @default {600_000_000} */
  warmupUs?: number;
}

/** Numbers for each set of sessions: total weight, mean, weighted sum of squares, microseconds counted. */
const WEIGHT = 0;
const MEAN = 1;
const SQUARES = 2;
const COUNTED_US = 3;
const STRIDE = 4;

/** Share of the squared mean that a variance must have to be more than rounding. */
const VARIANCE_SHARE_MIN = 1e-20;

export class SessionBaseline implements Estimator {
  readonly #halfLifeUs: number;
  readonly #warmupUs: number;
  readonly #sums = new Float64Array(SESSION_KEY_COUNT * STRIDE);
  /** A function of the time that it is told, so it stands in no snapshot. */
  readonly #clock = new SessionClock();
  /** The newest whole second; −1 before the first time. */
  #secondUs = -1;
  #held = NaN;
  #heldUs = -1;

  constructor({ halfLifeUs, warmupUs = 600 * US_PER_SECOND }: SessionBaselineOptions) {
    this.#halfLifeUs = halfLifeUs;
    this.#warmupUs = warmupUs;
  }

  /** The spread from this time on; NaN where there is none. */
  update(timeUs: number, spread: number): void {
    this.advance(timeUs);
    this.#held = spread;
    this.#heldUs = timeUs;
  }

  /** Count the whole seconds up to a time. */
  advance(timeUs: number): void {
    if (this.#secondUs >= 0 && timeUs - this.#secondUs < US_PER_SECOND) return;
    const secondUs = Math.floor(timeUs / US_PER_SECOND) * US_PER_SECOND;
    if (this.#secondUs >= 0 && Number.isFinite(this.#held * this.#held)) this.#count(this.#secondUs, secondUs);
    this.#secondUs = secondUs;
  }

  /** Mean spread of the session that is open at the newest time; unit of what was put in. */
  get mean(): number | undefined {
    const at = this.#warmSession();
    return at === undefined ? undefined : finite(this.#sums[at + MEAN]!);
  }

  /** Standard deviation that goes with it. */
  get std(): number | undefined {
    const at = this.#warmSession();
    return at === undefined ? undefined : finite(Math.sqrt(this.#sums[at + SQUARES]! / this.#sums[at + WEIGHT]!));
  }

  /** How many standard deviations a spread is above the mean. */
  zScore(spread: number): number | undefined {
    const { mean, std } = this;
    if (mean === undefined || std === undefined || !(std * std > VARIANCE_SHARE_MIN * mean * mean)) return undefined;
    return finite((spread - mean) / std);
  }

  #warmSession(): number | undefined {
    if (this.#secondUs < 0) return undefined;
    this.#clock.advance(this.#secondUs);
    const at = this.#clock.sessionKey * STRIDE;
    const countedUs = this.#sums[at + COUNTED_US]!;
    return countedUs > 0 && countedUs >= this.#warmupUs ? at : undefined;
  }

  /** Count the held spread in the seconds from one whole second to another. */
  #count(fromUs: number, toUs: number): void {
    const heldSecondUs = Math.floor(this.#heldUs / US_PER_SECOND) * US_PER_SECOND;
    const untilUs = Math.min(toUs, heldSecondUs + CLOSED_MARKET_US);
    // Sessions and the week begin and end on whole hours; in an open market there are two at most.
    for (let hourUs = fromUs; hourUs < untilUs;) {
      const hourEndUs = (Math.floor(hourUs / US_PER_HOUR) + 1) * US_PER_HOUR;
      this.#clock.advance(hourUs);
      const quotedUntilUs = this.#clock.weekOpen ? untilUs : Math.min(untilUs, heldSecondUs + US_PER_SECOND);
      this.#add(this.#clock.sessionKey * STRIDE, Math.min(hourEndUs, quotedUntilUs) - hourUs);
      hourUs = hourEndUs;
    }
  }

  #add(at: number, durationUs: number): void {
    if (durationUs <= 0) return;
    const sums = this.#sums;
    const held = this.#held;
    const exponent = (-durationUs * Math.LN2) / this.#halfLifeUs;
    // Either may be tiny; neither is taken as one less the other.
    const staying = Math.exp(exponent);
    const entering = -Math.expm1(exponent);
    const stayed = staying * sums[at + WEIGHT]!;
    const weight = stayed + entering;
    const deviation = held - sums[at + MEAN]!;
    sums[at + WEIGHT] = weight;
    sums[at + MEAN]! += (entering / weight) * deviation;
    sums[at + SQUARES] = staying * sums[at + SQUARES]! + ((entering * stayed) / weight) * deviation * deviation;
    sums[at + COUNTED_US]! += durationUs;
  }

  snapshot(): number[] {
    return [this.#secondUs, this.#held, this.#heldUs, ...this.#sums];
  }

  restore(state: readonly number[]): void {
    if (state.length !== 3 + this.#sums.length) {
      throw new RangeError(`Cannot restore a baseline of ${this.#sums.length} numbers from ${state.length - 3}`);
    }
    [this.#secondUs, this.#held, this.#heldUs] = state as [number, number, number];
    this.#sums.set(state.slice(3));
  }
}
