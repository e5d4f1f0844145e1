/**
 * When which scenario is played on which pair.
 *
 * Pairs are independent. On each, one scenario follows another: a wait that is exponential behind a pause that keeps them apart, so that
 * whatever is found belongs to one. Kinds come from a shuffled deck, so each is as frequent as any other. Pressure on the fix happens at
 * the fix, in place of whatever would be on then. The roll in New York is labelled as what it is.
 *
 * @module
 */
import {
  fixTimeUs,
  type Pair,
  Random,
  SessionClock,
  type TruthLabel,
  US_PER_DAY,
  US_PER_MINUTE,
  US_PER_SECOND,
} from "../../contract/mod.ts";
import type { Simulator, Venue } from "../simulator/mod.ts";
import { HARD_NEGATIVES, PLANTED } from "./catalogue.ts";
import { type Scenario, Stage } from "./stage.ts";

export interface PlanOptions {
  seed: number;
  pairs: readonly Pair[];
  startTimeUs: number;
  /** Kinds that are played. @default {all} */
  kinds?: readonly string[];
  /** From the end of one scenario of a pair to the next, on average, microseconds. @default {150 s} */
  meanIntervalUs?: number;
  /** Shortest time between two. @default {75 s} */
  pauseUs?: number;
  /** Before the first. @default {15 min} */
  warmupUs?: number;
  /** None is begun later: what ends with a recording should be whole, labels come when scenarios are over. @default {never} */
  lastBeginUs?: number;
  /** How careful the hands are, drawn evenly. @default {0 to 1} */
  subtlety?: { min: number; max: number };
  /** Share of hard negatives. @default {0.3} */
  benignShare?: number;
}

/** Streams of random numbers of the plan, apart from those of the market. */
const STREAM = 10_000;
const SCENARIO_STREAMS = 1_000_000;
/** Half of the window of the fix; pressure begins there. */
const FIX_LEAD_US = 150 * US_PER_SECOND;
/** Nothing else is begun so long before the fix, where it will be pressed. */
const FIX_CLEAR_US = 8 * US_PER_MINUTE;
/** Longest that a scenario and what is said of it take. */
export const SCENARIO_US_MAX = 6 * US_PER_MINUTE;
/** The roll is felt so long before and after. */
const ROLL_US = 10 * US_PER_MINUTE;

/** Plan scenarios on the venues of a simulator; each tells its label when it is over. */
export function planScenarios(simulator: Simulator, options: PlanOptions, onLabel: (label: TruthLabel) => void): void {
  const given: Required<PlanOptions> = {
    seed: options.seed,
    pairs: options.pairs,
    startTimeUs: options.startTimeUs,
    kinds: options.kinds ?? [...PLANTED, ...HARD_NEGATIVES].map(({ kind }) => kind),
    meanIntervalUs: options.meanIntervalUs ?? 150 * US_PER_SECOND,
    pauseUs: options.pauseUs ?? 75 * US_PER_SECOND,
    warmupUs: options.warmupUs ?? 15 * US_PER_MINUTE,
    lastBeginUs: options.lastBeginUs ?? Infinity,
    subtlety: options.subtlety ?? { min: 0, max: 1 },
    benignShare: options.benignShare ?? 0.3,
  };
  options.pairs.forEach((pair, index) => new PairPlan(simulator.venue(pair), index, given, onLabel));
}

class PairPlan {
  readonly #venue: Venue;
  readonly #index: number;
  readonly #options: Required<PlanOptions>;
  readonly #onLabel: (label: TruthLabel) => void;
  readonly #random: Random;
  readonly #planted: Deck;
  readonly #benign: Deck;
  readonly #pressesFix: boolean;
  #count = 0;

  constructor(venue: Venue, index: number, options: Required<PlanOptions>, onLabel: (label: TruthLabel) => void) {
    this.#venue = venue;
    this.#index = index;
    this.#options = options;
    this.#onLabel = onLabel;
    this.#random = new Random(options.seed, STREAM + index);
    const wanted = ({ kind, needsPeers, atFix }: Scenario) =>
      options.kinds.includes(kind) && atFix !== true && (needsPeers !== true || options.pairs.length > 1);
    this.#planted = new Deck(PLANTED.filter(wanted), this.#random);
    this.#benign = new Deck(HARD_NEGATIVES.filter(wanted), this.#random);
    this.#pressesFix = options.kinds.includes("fix-pressure");
    this.#labelRolls();
    if (this.#pressesFix) this.#planFix(options.startTimeUs + options.warmupUs);
    this.#wait(options.warmupUs);
  }

  /** Plan the next, behind a pause. */
  #wait(pauseUs: number): void {
    const { meanIntervalUs } = this.#options;
    this.#venue.after(pauseUs + this.#random.exponential(Math.max(1, meanIntervalUs - this.#options.pauseUs)), () => {
      const { timeUs } = this.#venue;
      if (timeUs > this.#options.lastBeginUs) return;
      if (this.#pressesFix && Math.abs(fixTimeUs(timeUs) - timeUs) < FIX_CLEAR_US) return this.#wait(FIX_CLEAR_US);
      const benign = this.#random.uniform() < this.#options.benignShare;
      const scenario = (benign ? this.#benign : this.#planted).draw() ?? (benign ? this.#planted : this.#benign).draw();
      if (scenario !== undefined) this.#play(scenario, () => this.#wait(this.#options.pauseUs));
    });
  }

  #planFix(afterUs: number): void {
    let fixUs = fixTimeUs(afterUs);
    if (fixUs - FIX_LEAD_US < afterUs) fixUs = fixTimeUs(afterUs + US_PER_DAY / 2);
    if (fixUs - FIX_LEAD_US < afterUs) fixUs = fixTimeUs(afterUs + US_PER_DAY);
    if (fixUs - FIX_LEAD_US > this.#options.lastBeginUs) return;
    const scenario = PLANTED.find(({ atFix }) => atFix === true)!;
    this.#venue.after(fixUs - FIX_LEAD_US - this.#venue.timeUs, () => {
      this.#play(scenario, () => {});
      this.#planFix(fixUs + US_PER_DAY / 2);
    });
  }

  #play(scenario: Scenario, done: () => void): void {
    const { seed, subtlety: { min, max } } = this.#options;
    const number = this.#count++;
    const stream = SCENARIO_STREAMS + this.#index * 100_000 + number;
    const random = new Random(seed, stream);
    scenario.play(
      new Stage({
        id: `${this.#venue.pair}-${seed}-${number}`,
        scenario,
        venue: this.#venue,
        random,
        subtlety: min + (max - min) * random.uniform(),
        onOver: (label) => {
          if (label !== undefined) this.#onLabel(label);
          done();
        },
      }),
    );
  }

  #labelRolls(): void {
    const clock = new SessionClock();
    const next = () => {
      clock.advance(this.#venue.timeUs + ROLL_US);
      const rollUs = clock.dayStartUs + US_PER_DAY;
      this.#venue.after(rollUs + ROLL_US - this.#venue.timeUs, () => {
        this.#onLabel({
          v: 1,
          id: `${this.#venue.pair}-roll-${rollUs.toString(36)}`,
          pair: this.#venue.pair,
          kind: "roll",
          benign: true,
          startUs: rollUs - ROLL_US,
          completeUs: rollUs,
          endUs: rollUs + ROLL_US,
          subtlety: 0,
          parameters: {},
        });
        next();
      });
    };
    next();
  }
}

/** Draws every one of a list once, in a random order, and begins anew. */
class Deck {
  readonly #all: readonly Scenario[];
  readonly #random: Random;
  #left: Scenario[] = [];

  constructor(all: readonly Scenario[], random: Random) {
    this.#all = all;
    this.#random = random;
  }

  draw(): Scenario | undefined {
    if (this.#left.length === 0) this.#left = [...this.#all];
    return this.#left.splice(this.#random.below(Math.max(1, this.#left.length)), 1)[0];
  }
}
