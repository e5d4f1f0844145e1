/**
 * Correlation breaks: a pair parts from those that determine it.
 *
 * Logic: of three pairs in a triangle two determine the third, whatever each does by itself: the share R² of its variance that they
 * explain is near 1, though the correlation of any two comes and goes. R² = (a² + b² − 2abc) / (1 − c²), a and b the correlations of
 * the pair with the two others and c that of those, all of the short window. Of the three, the one that is explained least counts. Where
 * that is low, rarely so low for this triangle, and stays so for some seconds, a case opens: of the pair that is in most of the
 * triangles that have broken, the direct one where they are as many; the others are named beside. In one triangle alone it cannot be
 * told from correlations which of the three has parted.
 * Score: 1 − tail probability of 1 − R² among its own of the last hours. Warm-up: that of the correlations, and five minutes of R².
 * Cost: O(triangles) a sample.
 * Limits: pairs that are in no triangle are not looked at; the short window must be mostly of the break before it shows.
 *
 * @module
 */
import {
  combinationIndex,
  type MarketSample,
  type Pair,
  TRIANGLES_MAX,
  US_PER_HOUR,
  US_PER_MINUTE,
  US_PER_SECOND,
} from "../contract/mod.ts";
import { type Case, TrailingDistribution } from "../detectors/mod.ts";
import type { CrossDetector, CrossView } from "./cross_detector.ts";

const QUIET_US = 30 * US_PER_SECOND;
const WARMUP_COUNT = 300;
/** What is unexplained is at least so much. */
const UNEXPLAINED_MIN = 1e-3;
/** Pairs that a case names beside its own. */
const OTHERS_MAX = 8;
const DISTURBED_US_MAX = 10 * US_PER_MINUTE;
const WARNING_SHARE = 0.25;

/** A triangle's past. */
interface Bond {
  /** 1 − R². */
  readonly unexplained: TrailingDistribution;
  sinceUs: number;
  sinceSequence: number;
}

/** A triangle that has broken. */
interface Broken {
  readonly pairs: readonly number[];
  readonly bond: Bond;
  readonly explained: number;
  readonly tail: number;
}

export class CorrelationBreaks implements CrossDetector {
  readonly cases: Case<"correlation-break">[] = [];
  readonly #view: CrossView;
  readonly #bonds: Bond[] = [];
  /** Pairs that a pair's case names. */
  readonly #others: number[][] = [];

  constructor(view: CrossView) {
    this.#view = view;
  }

  add(pair: Pair): void {
    const number = this.cases.length;
    this.#others.push([]);
    const others = () => this.#others[number]!.map((other) => this.#view.pairs[other]!);
    this.cases.push(this.#view.case("correlation-break", pair, {
      quietUs: QUIET_US,
      others,
      sentence: ({ explainedShare = NaN, usualShare = NaN }) =>
        `Of ${[pair, ...others()].join(", ")} two explain ${
          (100 * explainedShare).toFixed(0)
        } % of the third, usually ${(100 * usualShare).toFixed(0)} %: they have parted`,
    }));
  }

  sample({ timeUs, correlation: { short }, triangles }: MarketSample): void {
    const { options: { correlationBreak: { explainedShareMax, usualShareMin, holdS, tailMax } }, sequence } =
      this.#view;
    const broken: Broken[] = [];
    triangles.slice(0, TRIANGLES_MAX).forEach(({ direct, legs }, index) => {
      const bond = this.#bonds[index] ??= newBond();
      const pairs = [direct, ...legs].map((name) => this.#view.numberOf(name)) as [number, number, number];
      const explained = leastExplained(short, pairs);
      if (explained === undefined) return;
      const unexplained = Math.max(UNEXPLAINED_MIN, 1 - explained);
      const isWarm = bond.unexplained.weight >= WARMUP_COUNT;
      const tail = isWarm ? bond.unexplained.tail(unexplained)! : 1;
      const usual = isWarm ? 1 - bond.unexplained.quantile(0.5)! : 0;
      if (explained > explainedShareMax || usual < usualShareMin || tail > tailMax) {
        bond.sinceUs = 0;
        bond.unexplained.add(timeUs, unexplained);
        return;
      }
      if (bond.sinceUs === 0) Object.assign(bond, { sinceUs: timeUs, sinceSequence: sequence });
      if (timeUs - bond.sinceUs > DISTURBED_US_MAX) bond.unexplained.add(timeUs, unexplained);
      if (timeUs - bond.sinceUs >= holdS * US_PER_SECOND) broken.push({ pairs, bond, explained, tail });
    });
    this.#tell(timeUs, broken);
  }

  #tell(timeUs: number, broken: readonly Broken[]): void {
    const { sequence, sink } = this.#view;
    const counts = this.#view.pairs.map((_, pair) => broken.filter(({ pairs }) => pairs.includes(pair)).length);
    const byPair = Map.groupBy(
      broken,
      ({ pairs }) => pairs.reduce((worst, pair) => counts[pair]! > counts[worst]! ? pair : worst),
    );
    for (const [pair, own] of byPair) {
      const worst = own.reduce((a, b) => b.explained < a.explained ? b : a);
      const one = this.cases[pair]!;
      if (!one.isOpen) {
        this.#others[pair] = [...new Set(own.flatMap(({ pairs }) => pairs))].filter((other) => other !== pair)
          .slice(0, OTHERS_MAX);
      }
      one.tell({
        timeUs,
        sequence,
        startUs: worst.bond.sinceUs,
        sequenceFirst: worst.bond.sinceSequence,
        score: 1 - worst.tail,
        severity: worst.explained < WARNING_SHARE ? "warning" : "info",
        evidence: {
          explainedShare: worst.explained,
          usualShare: 1 - worst.bond.unexplained.quantile(0.5)!,
          triangleCount: own.length,
        },
      }, sink);
    }
  }

  interrupt(): void {
    for (const bond of this.#bonds) bond.sinceUs = 0;
  }

  snapshot(): number[] {
    return [
      ...this.#others.flatMap((others) => Array.from({ length: OTHERS_MAX }, (_, i) => others[i] ?? -1)),
      ...this.#bonds.flatMap(({ unexplained, sinceUs, sinceSequence }) => [
        sinceUs,
        sinceSequence,
        ...unexplained.snapshot(),
      ]),
    ];
  }

  restore(state: readonly number[]): void {
    const bondsAt = OTHERS_MAX * this.#others.length;
    this.#others.forEach((_, pair) => {
      const others = state.slice(OTHERS_MAX * pair, OTHERS_MAX * (pair + 1));
      this.#others[pair] = others.filter((other) => other >= 0);
    });
    const length = 2 + newBond().unexplained.snapshot().length;
    for (let at = bondsAt; at < state.length; at += length) {
      const bond = { ...newBond(), sinceUs: state[at]!, sinceSequence: state[at + 1]! };
      bond.unexplained.restore(state.slice(at + 2, at + length));
      this.#bonds.push(bond);
    }
  }
}

/** The least R² of a pair by the two others; `undefined` where a correlation is not known. */
function leastExplained(
  correlations: MarketSample["correlation"]["short"],
  [a, b, c]: readonly [number, number, number],
): number | undefined {
  const shares = [explainedShare(correlations, a, [b, c]), explainedShare(correlations, b, [c, a])];
  shares.push(explainedShare(correlations, c, [a, b]));
  return shares.includes(undefined) ? undefined : Math.min(...shares as number[]);
}

/** R² of a pair by two others, within [0, 1]; `undefined` where a correlation is not known. */
function explainedShare(
  correlations: MarketSample["correlation"]["short"],
  pair: number,
  [first, second]: readonly [number, number],
): number | undefined {
  const a = correlations[combinationIndex(pair, first)];
  const b = correlations[combinationIndex(pair, second)];
  const c = correlations[combinationIndex(first, second)];
  if (typeof a !== "number" || typeof b !== "number" || typeof c !== "number" || Math.abs(c) >= 1) return undefined;
  return Math.max(0, Math.min(1, (a * a + b * b - 2 * a * b * c) / (1 - c * c)));
}

function newBond(): Bond {
  return {
    unexplained: new TrailingDistribution({ min: UNEXPLAINED_MIN, max: 1, halfLifeUs: US_PER_HOUR, perDecade: 40 }),
    sinceUs: 0,
    sinceSequence: 0,
  };
}
