/**
 * What a scenario plays on: a venue, its own random numbers, how careful its hand is, and the label that it writes.
 *
 * @module
 */
import type { Random, TruthLabel } from "../../contract/mod.ts";
import { US_PER_MS } from "../../contract/mod.ts";
import { type BookSideName, Side } from "./_sides.ts";
import type { Venue } from "../simulator/mod.ts";

export interface Scenario {
  readonly kind: string;
  /** Nothing should be raised for it. */
  readonly benign: boolean;
  /** It is something only beside other pairs. */
  readonly needsPeers?: true;
  /** It happens at a time of its own, not when the plan likes. */
  readonly atFix?: true;
  /** Acts now, plans the rest, and ends with `end` or `drop`. */
  play(stage: Stage): void;
}

export interface StageOptions {
  id: string;
  scenario: Scenario;
  venue: Venue;
  random: Random;
  subtlety: number;
  /** Told once: with the label, or without where it came to nothing. */
  onOver(label: TruthLabel | undefined): void;
}

/** Spread of what is drawn around its mark, as a standard deviation of its logarithm. */
const NOISE = 0.15;

export class Stage {
  readonly venue: Venue;
  readonly random: Random;
  /** 0 blatant, 1 careful. */
  readonly subtlety: number;
  /** What was drawn, for the label. */
  readonly parameters: Record<string, number> = {};
  readonly #options: StageOptions;
  readonly #startUs: number;
  #completeUs: number | undefined;
  #over = false;

  constructor(options: StageOptions) {
    this.#options = options;
    this.venue = options.venue;
    this.random = options.random;
    this.subtlety = options.subtlety;
    this.#startUs = options.venue.timeUs;
  }

  /** Between what a blatant and what a careful hand would do, with noise; on a scale of factors. Noted under its name. */
  between(name: string, blatant: number, careful: number): number {
    const mark = blatant * (careful / blatant) ** this.subtlety;
    return this.note(name, mark * Math.exp(NOISE * this.random.normal()));
  }

  /** Anything from one number to another, noted. */
  draw(name: string, from: number, to: number): number {
    return this.note(name, from + (to - from) * this.random.uniform());
  }

  note(name: string, value: number): number {
    this.parameters[name] = Number(value.toPrecision(6));
    return value;
  }

  chance(p: number): boolean {
    return this.random.uniform() < p;
  }

  side(): BookSideName {
    return this.note("bidSide", this.random.below(2)) === 1 ? Side.bid : Side.ask;
  }

  /** Whole lots; at least one. */
  lots(size: number): number {
    return Math.max(LOT, LOT * Math.round(size / LOT));
  }

  after(ms: number, action: () => void): void {
    this.venue.after(Math.max(0, ms) * US_PER_MS, action);
  }

  /** Do something again and again until it says that it is enough. `action` answers the time to the next, or `undefined`. */
  repeat(action: (round: number) => number | undefined, round = 0): void {
    const ms = action(round);
    if (ms !== undefined) this.after(ms, () => this.repeat(action, round + 1));
  }

  /** The evidence is complete now, unless it was before. */
  complete(): void {
    this.#completeUs ??= this.venue.timeUs;
  }

  /** It is over, and was what it should be. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    const { id, scenario, onOver, subtlety } = this.#options;
    this.complete();
    onOver({
      v: 1,
      id,
      pair: this.venue.pair,
      kind: scenario.kind,
      benign: scenario.benign,
      startUs: this.#startUs,
      completeUs: this.#completeUs!,
      endUs: this.venue.timeUs,
      subtlety,
      parameters: this.parameters,
    });
  }

  /** It came to nothing. */
  drop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#options.onOver(undefined);
  }
}

/** Sizes are whole numbers of it. */
export const LOT = 100_000;
