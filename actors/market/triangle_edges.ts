/**
 * Triangles that pay: a round through three pairs earns more than it costs.
 *
 * Logic: the edge of each triangle (see `triangles.ts`: fresh quotes of all legs, bid and ask) at the end of every sample. Where it is
 * positive by some and far above what it usually is, for some seconds, a case of the direct pair opens; the legs are named beside.
 * Score: 1 − tail probability of the edge among its own of the last hours, on a scale that is linear in bps. Warm-up: two minutes of
 * edges. Cost: O(triangles) a sample. Limits: feeds whose clocks are apart make an edge of every move, see `MARKETS.md`.
 *
 * @module
 */
import {
  type MarketSample,
  type Pair,
  TRIANGLES_MAX,
  US_PER_HOUR,
  US_PER_MINUTE,
  US_PER_MS,
  US_PER_SECOND,
} from "../contract/mod.ts";
import { type Case, TrailingDistribution } from "../detectors/mod.ts";
import type { CrossDetector, CrossView } from "./cross_detector.ts";

/** One that pays again so soon is the same. */
const QUIET_US = 20 * US_PER_SECOND;
const WARMUP_COUNT = 120;
/** Edges that can be told apart, bps. */
const EDGE_BPS_MAX = 12;
const CRITICAL_BPS = 5;
/** What pays for longer is learnt: it is how feeds stand to each other now. */
const DISTURBED_US_MAX = 10 * US_PER_MINUTE;

/** A triangle's past, and how long it has paid. */
interface Edge {
  readonly usual: TrailingDistribution;
  sinceUs: number;
  sinceSequence: number;
  maxBps: number;
}

export class TriangleEdges implements CrossDetector {
  readonly cases: Case<"triangle">[] = [];
  readonly #view: CrossView;
  readonly #edges: Edge[] = [];
  /** Legs of the triangle that a pair's case is of. */
  readonly #others: string[][] = [];

  constructor(view: CrossView) {
    this.#view = view;
  }

  add(pair: Pair): void {
    const number = this.cases.length;
    this.#others.push([]);
    this.cases.push(this.#view.case("triangle", pair, {
      quietUs: QUIET_US,
      others: () => this.#others[number]!,
      sentence: ({ edgeBps = NaN, durationMs = NaN }) =>
        `A round ${this.#others[number]!.length === 2 ? `through ${this.#others[number]!.join(" and ")} ` : ""}pays ${
          edgeBps.toFixed(2)
        } bp after all spreads, for ${(durationMs / 1_000).toFixed(1)} s`,
    }));
  }

  sample({ timeUs, triangles }: MarketSample): void {
    const { options: { triangle: { edgeBpsMin, holdS, tailMax } }, sequence, sink } = this.#view;
    triangles.slice(0, TRIANGLES_MAX).forEach(({ direct, legs, edgeBps }, index) => {
      const edge = this.#edges[index] ??= newEdge();
      const one = this.cases[this.#view.numberOf(direct)]!;
      if (typeof edgeBps !== "number") {
        edge.sinceUs = 0;
        return;
      }
      const value = linear(edgeBps);
      const tail = edge.usual.weight < WARMUP_COUNT ? 1 : edge.usual.tail(value)!;
      if (edgeBps < edgeBpsMin || tail > tailMax) {
        edge.sinceUs = 0;
        edge.usual.add(timeUs, value);
        return;
      }
      if (edge.sinceUs === 0) Object.assign(edge, { sinceUs: timeUs, sinceSequence: sequence, maxBps: -Infinity });
      edge.maxBps = Math.max(edge.maxBps, edgeBps);
      if (timeUs - edge.sinceUs > DISTURBED_US_MAX) edge.usual.add(timeUs, value);
      if (timeUs - edge.sinceUs < holdS * US_PER_SECOND) return;
      this.#others[this.#view.numberOf(direct)] = [...legs];
      one.tell({
        timeUs,
        sequence,
        startUs: edge.sinceUs,
        sequenceFirst: edge.sinceSequence,
        score: 1 - tail,
        severity: edge.maxBps > CRITICAL_BPS ? "critical" : "warning",
        evidence: {
          edgeBps,
          edgeBpsMax: edge.maxBps,
          usualBps: Math.log(edge.usual.quantile(0.5)!),
          durationMs: (timeUs - edge.sinceUs) / US_PER_MS,
        },
      }, sink);
    });
  }

  interrupt(): void {
    for (const edge of this.#edges) edge.sinceUs = 0;
  }

  snapshot(): number[] {
    const { pairs } = this.#view;
    return [
      ...this.#others.flatMap((legs) => legs.length === 2 ? legs.map((leg) => pairs.indexOf(leg as Pair)) : [-1, -1]),
      ...this.#edges.flatMap(({ usual, sinceUs, sinceSequence, maxBps }) => [
        sinceUs,
        sinceSequence,
        maxBps,
        ...usual.snapshot(),
      ]),
    ];
  }

  restore(state: readonly number[]): void {
    const { pairs } = this.#view;
    const edgesAt = 2 * pairs.length;
    pairs.forEach((_, number) => {
      const legs = state.slice(2 * number, 2 * number + 2);
      this.#others[number] = legs.flatMap((leg) => pairs[leg] ?? []);
    });
    const length = 3 + newEdge().usual.snapshot().length;
    for (let at = edgesAt; at < state.length; at += length) {
      const [sinceUs, sinceSequence, maxBps] = state.slice(at, at + 3) as [number, number, number];
      const edge = { ...newEdge(), sinceUs, sinceSequence, maxBps };
      edge.usual.restore(state.slice(at + 3, at + length));
      this.#edges.push(edge);
    }
  }
}

function newEdge(): Edge {
  return {
    usual: new TrailingDistribution({
      min: Math.exp(-EDGE_BPS_MAX),
      max: Math.exp(EDGE_BPS_MAX),
      halfLifeUs: US_PER_HOUR,
      perDecade: 20,
    }),
    sinceUs: 0,
    sinceSequence: 0,
    maxBps: -Infinity,
  };
}

/** A distribution's bins are equal in the logarithm: equal in bps by this. */
const linear = (edgeBps: number): number => Math.exp(Math.max(-EDGE_BPS_MAX, Math.min(EDGE_BPS_MAX, edgeBps)));
