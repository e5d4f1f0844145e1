/**
 * Stale quotes: a pair says nothing while the others imply that its price has moved.
 *
 * Logic: at every sample, how long each pair has been silent, against its own silences; and how far the price that two others imply (the
 * other legs of a triangle, both with events since) has moved from where it stood against the pair's own when it last spoke. Where both
 * are far out a case opens; it ends when the pair speaks again.
 * Score: 1 − tail probability of the silence. Warm-up: 200 events of the pair. Cost: O(1) an event, O(triangles) a sample.
 * Limits: a pair that is in no triangle with two others is not looked at; where everything is silent there is no sample, and no case.
 *
 * @module
 */
import { BPS_PER_ONE, type MarketSample, type Pair, US_PER_HOUR, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import { type Case, TrailingDistribution } from "../detectors/mod.ts";
import type { CrossDetector, CrossView } from "./cross_detector.ts";

const QUIET_US = 2 * US_PER_SECOND;
const WARMUP_COUNT = 200;
/** Others must have spoken within so long. */
const FRESH_US = 3 * US_PER_SECOND;
/** Weight of a sample in the usual distance between a price and the implied one. */
const BASIS_WEIGHT = 0.02;
const CRITICAL_SPREADS = 6;

/** A pair's silences, and where it stood against what others imply. */
interface Pulse {
  readonly silences: TrailingDistribution;
  /** ln(implied / own) while it speaks, smoothed; NaN before that is known. */
  basis: number;
}

export class StaleQuotes implements CrossDetector {
  readonly cases: Case<"stale-quote">[] = [];
  readonly #view: CrossView;
  readonly #pulses: Pulse[] = [];

  constructor(view: CrossView) {
    this.#view = view;
  }

  add(pair: Pair): void {
    this.#pulses.push({
      silences: new TrailingDistribution({ min: 1, max: 1e6, halfLifeUs: US_PER_HOUR, perDecade: 16 }),
      basis: NaN,
    });
    this.cases.push(this.#view.case("stale-quote", pair, {
      quietUs: QUIET_US,
      sentence: ({ silenceMs = NaN, moveBps = NaN, moveSpreads = NaN }) =>
        `Silent for ${(silenceMs / 1_000).toFixed(1)} s while others imply a move of ${moveBps.toFixed(1)} bp, ${
          moveSpreads.toFixed(1)
        } spreads`,
    }));
  }

  event(pair: number, timeUs: number): void {
    const lastUs = this.#view.eventUs[pair]!;
    const silenceMs = (timeUs - lastUs) / US_PER_MS;
    if (lastUs > 0 && silenceMs >= 1 && !this.cases[pair]!.isOpen) this.#pulses[pair]!.silences.add(timeUs, silenceMs);
  }

  sample({ timeUs, triangles }: MarketSample): void {
    const view = this.#view;
    const numbered = triangles.map(({ direct, legs }) => [direct, ...legs].map((name) => view.numberOf(name)));
    for (let pair = 0; pair < view.pairs.length; pair++) {
      const pulse = this.#pulses[pair]!;
      const implied = this.#implied(pair, timeUs, numbered);
      const distance = Math.log(implied / view.mid(pair));
      if (!(distance === distance)) continue;
      if (timeUs - view.eventUs[pair]! < FRESH_US) {
        pulse.basis = pulse.basis === pulse.basis ? pulse.basis + BASIS_WEIGHT * (distance - pulse.basis) : distance;
        continue;
      }
      this.#judge(pair, timeUs, BPS_PER_ONE * (distance - pulse.basis));
    }
  }

  #judge(pair: number, timeUs: number, moveBps: number): void {
    const { options: { staleQuote }, bid, ask, eventUs, eventSequence, sequence, sink, mid } = {
      ...this.#view,
      mid: this.#view.mid(pair),
    };
    const { silences } = this.#pulses[pair]!;
    if (silences.weight < WARMUP_COUNT || !(moveBps === moveBps)) return;
    const silenceMs = (timeUs - eventUs[pair]!) / US_PER_MS;
    const usualMs = silences.quantile(0.999)!;
    const moveSpreads = Math.abs(moveBps) / ((BPS_PER_ONE * (ask[pair]! - bid[pair]!)) / mid);
    // Once it is stale it is so until it speaks again.
    this.cases[pair]!.prolong(timeUs, sequence);
    if (silenceMs < staleQuote.silenceMs || silenceMs < staleQuote.silenceRatio * usualMs) return;
    if (moveSpreads < staleQuote.moveSpreads || Math.abs(moveBps) < staleQuote.moveBps) return;
    this.cases[pair]!.tell({
      timeUs,
      sequence,
      startUs: eventUs[pair]!,
      sequenceFirst: eventSequence[pair]!,
      score: 1 - silences.tail(silenceMs)!,
      severity: moveSpreads > CRITICAL_SPREADS ? "critical" : "warning",
      evidence: { silenceMs, usualMs, moveBps: Math.abs(moveBps), moveSpreads },
    }, sink);
  }

  /** The mid that two fresh others imply, the mean over triangles; NaN where there are none. */
  #implied(pair: number, timeUs: number, triangles: readonly (readonly number[])[]): number {
    const view = this.#view;
    let sum = 0;
    let count = 0;
    for (const three of triangles) {
      if (!three.includes(pair)) continue;
      const others = three.filter((one) => one !== pair);
      if (others.some((one) => timeUs - view.eventUs[one]! > FRESH_US)) continue;
      const log = impliedLog(view.pairs[pair]!, others.map((one) => ({ pair: view.pairs[one]!, mid: view.mid(one) })));
      if (!(log === log)) continue;
      sum += log;
      count++;
    }
    return count === 0 ? NaN : Math.exp(sum / count);
  }

  interrupt(): void {
    for (const pulse of this.#pulses) pulse.basis = NaN;
  }

  snapshot(): number[] {
    return this.#pulses.flatMap(({ silences, basis }) => [basis, ...silences.snapshot()]);
  }

  restore(state: readonly number[]): void {
    const length = state.length / this.#pulses.length;
    this.#pulses.forEach((pulse, pair) => {
      const [basis, ...silences] = state.slice(pair * length, (pair + 1) * length);
      pulse.basis = basis!;
      pulse.silences.restore(silences);
    });
  }
}

/** ln of a pair's price by two others that share a third currency. */
function impliedLog(pair: string, others: readonly { pair: string; mid: number }[]): number {
  const [base, quote] = [pair.slice(0, 3), pair.slice(3)];
  return others.reduce((sum, { pair: other, mid }) => {
    const forward = other.startsWith(base) || other.endsWith(quote);
    return sum + (forward ? Math.log(mid) : -Math.log(mid));
  }, 0);
}
