/**
 * The life of a case: opened when evidence first suffices, updated at most once a second, closed when no more has come for a while.
 *
 * A burst of evidence is one case. What it carries is numbers only, named by the catalogue; its sentence is made of them when it is told.
 *
 * @module
 */
import {
  type Anomaly,
  type AnomalyKind,
  anomalySubject,
  DETECTORS,
  type EvidenceName,
  type Pair,
  type Severity,
} from "../contract/mod.ts";
import type { Estimator } from "../estimators/mod.ts";

/** Takes a message about a case. */
export type CaseSink = (subject: string, payload: string) => void;

/** What a detector says at one time. */
export interface Told<K extends AnomalyKind> {
  timeUs: number;
  /** Entry of the log under way. */
  sequence: number;
  /** 1 − tail probability of the raw statistic. */
  score: number;
  severity: Severity;
  evidence: Readonly<Partial<Record<EvidenceName<K>, number>>>;
  /** When the evidence began, where that was before now. */
  startUs?: number;
  /** Entry of the log with which it began. */
  sequenceFirst?: number;
}

export interface CaseOptions<K extends AnomalyKind> {
  pair: Pair;
  kind: K;
  /** A case closes when no evidence has come for so long, microseconds. */
  quietUs: number;
  /** Time between two updates, microseconds. @default {1_000_000} */
  updateUs?: number;
  /** A score below does not open one. @default {0} */
  scoreMin?: number;
  /** The case in one sentence, without the pair's name and the full stop's company. */
  sentence(evidence: Readonly<Partial<Record<EvidenceName<K>, number>>>): string;
  /** Further pairs that it speaks of. */
  others?(evidence: Readonly<Partial<Record<EvidenceName<K>, number>>>): string[];
}

/** Significant digits of a number in the evidence. */
const DIGITS = 6;
const SEVERITIES: readonly Severity[] = ["info", "warning", "critical"];
const PHASES = ["open", "update", "close"] as const;
/** Characters of a sentence at most. */
const SENTENCE_CHARS_MAX = 500;
/** Scores are below 1: whatever was seen, something rarer may be. */
const SCORE_MAX = 1 - 1e-9;

/** Numbers of the state before the evidence. */
const HEAD_LENGTH = 9;

export class Case<K extends AnomalyKind = AnomalyKind> implements Estimator {
  readonly kind: K;
  readonly #options: Required<Pick<CaseOptions<K>, "updateUs" | "scoreMin">> & CaseOptions<K>;
  readonly #names: readonly EvidenceName<K>[];
  readonly #values: Float64Array;
  #open = false;
  #startUs = 0;
  #endUs = 0;
  #sequenceFirst = 0;
  #sequenceLast = 0;
  #score = 0;
  #severity = 0;
  #toldUs = 0;
  /** What is said differs from what was told. */
  #pending = false;

  constructor(options: CaseOptions<K>) {
    this.kind = options.kind;
    this.#options = { updateUs: 1_000_000, scoreMin: 0, ...options };
    this.#names = Object.keys(DETECTORS[options.kind].evidence) as EvidenceName<K>[];
    this.#values = new Float64Array(this.#names.length).fill(NaN);
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** When the case began; meaningless while none is open. */
  get startUs(): number {
    return this.#startUs;
  }

  /** A number of the open case's evidence. */
  value(name: EvidenceName<K>): number | undefined {
    const value = this.#values[this.#names.indexOf(name)]!;
    return value === value ? value : undefined;
  }

  /**
   * Evidence suffices, or goes on: opens the case, or adds to the one that is open.
   *
   * @returns whether a case is open now: not where the score is below what opens one.
   */
  tell(told: Told<K>, sink: CaseSink): boolean {
    const score = Math.min(SCORE_MAX, Math.max(0, told.score));
    if (!(score === score) || (!this.#open && score < this.#options.scoreMin)) return this.#open;
    const severity = SEVERITIES.indexOf(told.severity);
    const opens = !this.#open;
    if (opens) {
      this.#open = true;
      // Two cases of a kind share no time, so their ids differ.
      this.#startUs = Math.max(told.startUs ?? told.timeUs, this.#endUs + 1);
      this.#sequenceFirst = told.sequenceFirst ?? told.sequence;
      this.#score = score;
      this.#severity = severity;
    } else {
      this.#score = Math.max(this.#score, score);
      this.#severity = Math.max(this.#severity, severity);
    }
    this.#names.forEach((name, i) => {
      const value = told.evidence[name];
      this.#values[i] = value !== undefined && Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : NaN;
    });
    this.#endUs = told.timeUs;
    this.#sequenceLast = told.sequence;
    this.#pending = true;
    if (opens) this.#say(0, told.timeUs, sink);
    else this.#sayWhenDue(told.timeUs, sink);
    return true;
  }

  /** More of the same, with nothing to add: the case stays open. */
  prolong(timeUs: number, sequence: number): void {
    if (!this.#open) return;
    this.#endUs = timeUs;
    this.#sequenceLast = sequence;
  }

  /** Event time has come to this point: a case that has been quiet for long is closed. */
  advance(timeUs: number, sink: CaseSink): void {
    if (!this.#open) return;
    if (timeUs - this.#endUs >= this.#options.quietUs) this.close(timeUs, sink);
    else this.#sayWhenDue(timeUs, sink);
  }

  /** Close what is open: it is over, or nobody can know how it goes on. */
  close(timeUs: number, sink: CaseSink): void {
    if (!this.#open) return;
    this.#say(2, timeUs, sink);
    this.#open = false;
    this.#values.fill(NaN);
  }

  #sayWhenDue(timeUs: number, sink: CaseSink): void {
    if (this.#pending && timeUs - this.#toldUs >= this.#options.updateUs) this.#say(1, timeUs, sink);
  }

  #say(phase: 0 | 1 | 2, timeUs: number, sink: CaseSink): void {
    const { pair, kind, sentence, others } = this.#options;
    const evidence: Partial<Record<EvidenceName<K>, number>> = {};
    this.#names.forEach((name, i) => {
      const value = this.#values[i]!;
      if (value === value) evidence[name] = value;
    });
    const named = others?.(evidence) ?? [];
    const message: Anomaly = {
      v: 1,
      id: `${pair}-${kind}-${this.#startUs.toString(36)}-${this.#sequenceFirst.toString(36)}`,
      pair,
      kind,
      phase: PHASES[phase],
      startUs: this.#startUs,
      endUs: this.#endUs,
      score: Math.min(SCORE_MAX, Number(this.#score.toPrecision(10))),
      severity: SEVERITIES[this.#severity]!,
      evidence: evidence as Record<string, number>,
      sentence: sentence(evidence).slice(0, SENTENCE_CHARS_MAX),
      ...(named.length > 0 && { others: named }),
      sequenceFirst: this.#sequenceFirst,
      sequenceLast: this.#sequenceLast,
      detectorVersion: DETECTORS[kind].version,
    };
    this.#pending = false;
    this.#toldUs = timeUs;
    sink(anomalySubject(pair, kind), JSON.stringify(message));
  }

  snapshot(): number[] {
    return [
      Number(this.#open),
      this.#startUs,
      this.#endUs,
      this.#sequenceFirst,
      this.#sequenceLast,
      this.#score,
      this.#severity,
      this.#toldUs,
      Number(this.#pending),
      ...this.#values,
    ];
  }

  restore(state: readonly number[]): void {
    this.#values.fill(NaN);
    [
      ,
      this.#startUs,
      this.#endUs,
      this.#sequenceFirst,
      this.#sequenceLast,
      this.#score,
      this.#severity,
      this.#toldUs,
    ] = state as [number, number, number, number, number, number, number, number];
    this.#open = state[0] === 1;
    this.#pending = state[8] === 1;
    // Of an older version, whose evidence was another, the numbers are left out.
    if (state.length === HEAD_LENGTH + this.#values.length) this.#values.set(state.slice(HEAD_LENGTH));
  }
}
