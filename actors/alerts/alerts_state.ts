/**
 * The alerts there are, and how cases, samples, rules, commands and the clock change them.
 *
 * One alert stands for everything alike by its rule's groups: what comes while it is open, or within its cool-down, is counted in it.
 * Cases are dated by their evidence and samples by their end; only escalation and the end of mutes go by the clock, which is an entry
 * of the log like the others. A case costs a look at each rule.
 *
 * @module
 */
import {
  ALERT_MARKET,
  type AlertCommand,
  type AlertRule,
  type AlertState,
  type Anomaly,
  type MetricSample,
  US_PER_SECOND,
} from "../contract/mod.ts";
import type { Emit } from "../runtime/mod.ts";
import { type AlertEntry, type Cause, isWorse, tell } from "./alert_entry.ts";
import { AlertShelf } from "./alert_shelf.ts";
import { CalmList } from "./calm_list.ts";
import { HELD_BACK_KIND, HeldBack } from "./held_back.ts";
import { metricSentence } from "./metric_sentence.ts";
import { RuleBook } from "./rule_book.ts";
import { RuleGate } from "./rule_gate.ts";

/** Cases that one alert waits for. Overflow: it is resolved without them. */
const CASES_OF_ALERT_MAX = 64;
/** Where the market is silent the clock ends a span, and not before its cases can have come. */
const CLOCK_PATIENCE = 2;
/** Kind of alerts that a metric raised. */
export const METRIC_KIND = "metric";

/** A metric beyond its mark, of a rule and pair. */
interface Watch {
  sinceUs: number;
  isRaised: boolean;
}

export class AlertsState {
  sequence = 0;
  timeUs = 0;
  clockUs = 0;
  /** Commands and cases that were none, and what was not opened: while a rule is still, and beyond its rate. */
  readonly counts = { refused: 0, suppressed: 0, heldBack: 0 };
  readonly rules: RuleBook;
  readonly #gate = new RuleGate();
  readonly #shelf = new AlertShelf();
  readonly #calm = new CalmList();
  readonly #heldBack = new HeldBack();
  readonly #watches = new Map<string, Watch>();
  /** Alerts that the entry under way opened. */
  #number = 0;

  constructor(rules: RuleBook = new RuleBook()) {
    this.rules = rules;
  }

  get openCount(): number {
    return this.#shelf.openCount;
  }

  begin(sequence: number): void {
    this.sequence = sequence;
    this.#number = 0;
  }

  takeCase(anomaly: Anomaly, emit: Emit): void {
    const { id, endUs, pair, kind, severity, score, sentence, phase } = anomaly;
    this.#advance(endUs, emit);
    for (const [name, rule] of this.rules) {
      const { when, enabled, pairs } = rule;
      if (!enabled || when.of !== "case" || (pairs !== undefined && !pairs.includes(pair))) continue;
      if (when.kinds !== undefined && !when.kinds.includes(kind)) continue;
      const key = keyOf(name, rule, { pair, kind });
      const entry = this.#shelf.of(key);
      const cause = {
        key,
        pair,
        kind,
        timeUs: endUs,
        severity: rule.severity ?? severity,
        score,
        sentence,
        anomalyId: id,
      };
      if (entry?.openCases.includes(id)) {
        // Of what a person resolved only worse is news.
        if (!entry.isOpen && isWorse(cause.severity, entry.severity)) this.#reopen(entry, cause, emit);
        else if (entry.isOpen) this.#worsen(entry, cause, emit);
        if (phase === "close") this.#drop(entry, id, { timeUs: endUs, emit });
      } else if (phase !== "close" && !isWorse(when.severityMin, severity) && score >= when.scoreMin) {
        this.#raise(name, rule, { cause, emit });
      }
    }
  }

  takeSample({ pair, timeUs, values }: MetricSample, emit: Emit): void {
    this.#advance(timeUs, emit);
    for (const [name, rule] of this.rules) {
      const { when, enabled, pairs } = rule;
      if (!enabled || when.of !== "metric" || (pairs !== undefined && !pairs.includes(pair))) continue;
      const [group, short] = when.metric.split(".") as [keyof typeof values, string];
      const value = (values[group] as Record<string, number | undefined>)[short];
      if (value !== undefined) this.#watch(name, rule, { pair, timeUs, value, emit });
    }
  }

  #watch(
    name: string,
    rule: AlertRule,
    { pair, timeUs, value, emit }: { pair: string; timeUs: number; value: number; emit: Emit },
  ): void {
    if (rule.when.of !== "metric") return;
    const { metric, above, below, clearAt, forS } = rule.when;
    const watchKey = `${name} ${pair}`;
    const key = keyOf(name, rule, { pair, kind: METRIC_KIND });
    const watch = this.#watches.get(watchKey);
    if (watch?.isRaised) {
      const isCalm = above !== undefined ? value <= (clearAt ?? above) : value >= (clearAt ?? below!);
      if (!isCalm) return;
      this.#watches.delete(watchKey);
      const entry = this.#shelf.of(key);
      if (entry !== undefined) this.#drop(entry, pair, { timeUs, emit });
      return;
    }
    if (!(above !== undefined ? value > above : value < below!)) {
      this.#watches.delete(watchKey);
      return;
    }
    const sinceUs = watch?.sinceUs ?? timeUs;
    const isRaised = timeUs - sinceUs >= forS * US_PER_SECOND;
    this.#watches.set(watchKey, { sinceUs, isRaised });
    if (!isRaised) return;
    const sentence = metricSentence({ metric, value, above, below, forS });
    const severity = rule.severity ?? "warning";
    const cause = { key, pair, kind: METRIC_KIND, timeUs, severity, score: 1, sentence, anomalyId: pair };
    this.#raise(name, rule, { cause, emit });
  }

  /** The time of the world, as somebody wrote it into the log. */
  takeClock(clockUs: number, emit: Emit): void {
    if (!(clockUs > this.clockUs)) return;
    this.clockUs = clockUs;
    for (const entry of this.#shelf.open) {
      if (entry.openedClockUs === 0) entry.openedClockUs = clockUs;
      if (entry.mutedUntilUs > 0 && entry.mutedUntilUs <= clockUs) {
        entry.mutedUntilUs = 0;
        this.#tell(entry, "updated", { timeUs: clockUs, emit });
      }
      const afterS = this.rules.get(entry.rule)?.escalateAfterS;
      if (afterS === undefined || entry.acknowledgedBy !== undefined || entry.isEscalated || entry.mutedUntilUs > 0) {
        continue;
      }
      if (clockUs - entry.openedClockUs < afterS * US_PER_SECOND) continue;
      entry.isEscalated = true;
      entry.severity = "critical";
      this.#tell(entry, "escalated", { timeUs: clockUs, emit });
    }
    for (const entry of this.#calm.dueByClock(clockUs)) this.#end(entry, { timeUs: entry.calmUntilUs, emit });
    this.#endSpans(clockUs, emit, CLOCK_PATIENCE);
  }

  take({ id, action, by, comment, assignee, disposition, untilUs }: AlertCommand, emit: Emit): void {
    const entry = this.#shelf.byId(id);
    if (entry === undefined) {
      this.counts.refused++;
      return;
    }
    const told = (state: AlertState) =>
      this.#tell(entry, state, { timeUs: Math.max(this.clockUs, entry.openedUs), emit, by, comment });
    switch (action) {
      case "comment":
        return told("commented");
      case "assign":
        entry.assignee = assignee;
        return told("assigned");
      case "judge":
        entry.disposition = disposition;
        return told("judged");
    }
    if (!entry.isOpen) return;
    switch (action) {
      case "acknowledge":
        // Two who do it at once are one acknowledgement, and the first is who did it.
        if (entry.acknowledgedBy !== undefined) return;
        entry.acknowledgedBy = by;
        return told("acknowledged");
      case "mute":
        entry.mutedUntilUs = untilUs ?? Infinity;
        return told("muted");
      case "unmute":
        if (entry.mutedUntilUs === 0) return;
        entry.mutedUntilUs = 0;
        return told("updated");
      case "resolve":
        this.#calm.delete(entry);
        this.#shelf.end(entry, this.timeUs);
        return told("resolved");
    }
  }

  #raise(name: string, rule: AlertRule, { cause, emit }: { cause: Cause; emit: Emit }): void {
    const { key, timeUs, severity } = cause;
    const known = this.#shelf.of(key);
    if (known !== undefined && (known.isOpen || timeUs - known.overUs < rule.coolDownS * US_PER_SECOND)) {
      return this.#raiseAgain(known, cause, emit);
    }
    if (!this.#gate.isOpen(rule, timeUs)) {
      this.counts.suppressed++;
      return;
    }
    if (!this.#heldBack.admit(name, rule, { timeUs, severity, isFull: this.#shelf.isFull })) {
      this.counts.heldBack++;
      return;
    }
    const { timeUs: openedUs, ...seen } = cause;
    const entry = this.#entryOf(name, { ...seen, openedUs, count: 1 });
    this.#shelf.add(entry);
    this.#tell(entry, "open", { timeUs, emit });
  }

  #raiseAgain(entry: AlertEntry, cause: Cause, emit: Emit): void {
    entry.count++;
    entry.anomalyId = cause.anomalyId;
    if (entry.openCases.length < CASES_OF_ALERT_MAX) entry.openCases.push(cause.anomalyId);
    entry.calmUntilUs = entry.calmUntilClockUs = 0;
    this.#calm.delete(entry);
    if (entry.isOpen) this.#worsen(entry, cause, emit);
    else this.#reopen(entry, cause, emit);
  }

  #reopen(entry: AlertEntry, cause: Cause, emit: Emit): void {
    this.#shelf.reopen(entry);
    entry.score = Math.max(entry.score, cause.score);
    if (isWorse(cause.severity, entry.severity)) entry.severity = cause.severity;
    entry.sentence = cause.sentence;
    this.#tell(entry, "updated", { timeUs: cause.timeUs, emit });
  }

  /** People are told again where it is worse than they were told. */
  #worsen(entry: AlertEntry, { severity, score, sentence, timeUs }: Cause, emit: Emit): void {
    entry.score = Math.max(entry.score, score);
    if (!isWorse(severity, entry.severity)) return;
    entry.severity = severity;
    entry.sentence = sentence;
    this.#tell(entry, "updated", { timeUs, emit });
  }

  /** One of its cases is over; with the last of them, and its cool-down, it is. */
  #drop(entry: AlertEntry, id: string, { timeUs, emit }: { timeUs: number; emit: Emit }): void {
    entry.openCases = entry.openCases.filter((one) => one !== id);
    if (entry.openCases.length > 0 || !entry.isOpen) return;
    entry.overUs = timeUs;
    const coolDownUs = (this.rules.get(entry.rule)?.coolDownS ?? 0) * US_PER_SECOND;
    if (coolDownUs === 0) return this.#end(entry, { timeUs, emit });
    entry.calmUntilUs = timeUs + coolDownUs;
    entry.calmUntilClockUs = this.clockUs + coolDownUs * CLOCK_PATIENCE;
    this.#calm.add(entry);
  }

  #end(entry: AlertEntry, { timeUs, emit }: { timeUs: number; emit: Emit }): void {
    this.#shelf.end(entry, entry.overUs);
    this.#tell(entry, "resolved", { timeUs, emit });
  }

  #tell(
    entry: AlertEntry,
    state: AlertState,
    telling: { timeUs: number; emit: Emit; by?: string; comment?: string },
  ): void {
    tell(entry, state, { ...telling, routes: this.rules.get(entry.rule)?.routes });
  }

  #advance(timeUs: number, emit: Emit): void {
    if (timeUs <= this.timeUs) return;
    this.timeUs = timeUs;
    for (const entry of this.#calm.due(timeUs)) this.#end(entry, { timeUs, emit });
    this.#endSpans(timeUs, emit, 1);
  }

  /** What a rule held back is one alert of its own, until a time in which it held nothing back. */
  #endSpans(nowUs: number, emit: Emit, patience: number): void {
    for (const [name, span] of this.#heldBack.ended(nowUs, { ruleOf: (name) => this.rules.get(name), patience })) {
      const { heldBackCount, openedCount, severity, fromUs } = span;
      const key = `${name}|${HELD_BACK_KIND}`;
      const known = this.#shelf.of(key);
      if (heldBackCount === 0) {
        if (!known?.isOpen) continue;
        this.#shelf.end(known, nowUs);
        this.#tell(known, "resolved", { timeUs: nowUs, emit });
        continue;
      }
      const sentence = `Rule ${name} opened ${openedCount} alerts and held ${heldBackCount} more back`;
      if (known?.isOpen) {
        known.count += heldBackCount;
        known.sentence = sentence;
        if (isWorse(severity, known.severity)) known.severity = severity;
        this.#tell(known, "updated", { timeUs: nowUs, emit });
        continue;
      }
      const seen = { key, pair: ALERT_MARKET, kind: HELD_BACK_KIND, severity, score: 1, sentence };
      const entry = this.#entryOf(name, { ...seen, anomalyId: undefined, openedUs: fromUs, count: heldBackCount });
      this.#shelf.add(entry);
      this.#tell(entry, "open", { timeUs: nowUs, emit });
    }
  }

  #entryOf(
    rule: string,
    seen: Pick<
      AlertEntry,
      "key" | "pair" | "kind" | "severity" | "score" | "sentence" | "anomalyId" | "openedUs" | "count"
    >,
  ): AlertEntry {
    return {
      ...seen,
      // The sequence alone would come again in a log that was made anew.
      id: `${rule}-${seen.openedUs.toString(36)}-${this.sequence}-${this.#number++}`,
      rule,
      isOpen: true,
      acknowledgedBy: undefined,
      isEscalated: false,
      mutedUntilUs: 0,
      openedClockUs: this.clockUs,
      overUs: 0,
      calmUntilUs: 0,
      calmUntilClockUs: 0,
      openCases: seen.anomalyId === undefined ? [] : [seen.anomalyId],
      assignee: undefined,
      disposition: undefined,
    };
  }

  snapshot() {
    return {
      numbers: [this.sequence, this.timeUs, this.clockUs],
      counts: this.counts,
      rules: this.rules.snapshot(),
      entries: this.#shelf.all,
      heldBack: this.#heldBack.snapshot(),
      watches: [...this.#watches],
    };
  }

  restore(state: ReturnType<AlertsState["snapshot"]>): void {
    [this.sequence, this.timeUs, this.clockUs] = state.numbers as [number, number, number];
    Object.assign(this.counts, state.counts);
    this.rules.restore(state.rules);
    // JSON has no infinity.
    for (const stored of state.entries) {
      const entry = { ...stored, mutedUntilUs: stored.mutedUntilUs ?? Infinity };
      this.#shelf.add(entry);
      if (entry.isOpen && entry.calmUntilUs > 0) this.#calm.add(entry);
    }
    this.#heldBack.restore(state.heldBack);
    for (const [key, watch] of state.watches) this.#watches.set(key, watch);
  }
}

function keyOf(name: string, { groupBy }: AlertRule, { pair, kind }: { pair: string; kind: string }): string {
  return `${name}|${groupBy.includes("pair") ? pair : "*"}|${groupBy.includes("kind") ? kind : "*"}`;
}
