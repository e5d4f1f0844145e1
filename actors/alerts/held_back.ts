/**
 * How many alerts each rule opened lately, and the one that stands for those that it held back.
 *
 * @module
 */
import {
  type Alert,
  ALERT_MARKET,
  type AlertRule,
  alertSubject,
  type Pair,
  type Severity,
  US_PER_SECOND,
} from "../contract/mod.ts";
import type { Emit } from "../runtime/mod.ts";
import { isWorse } from "./alert_entry.ts";

/** Kind of the alert that stands for those that a rule held back. */
export const HELD_BACK_KIND = "held-back";

interface Span {
  fromUs: number;
  openedCount: number;
  heldBackCount: number;
  severity: Severity;
}

export class HeldBack {
  readonly #spans = new Map<string, Span>();

  /** Whether a rule may open one more; what it may not is counted. */
  admit(name: string, rule: AlertRule, cause: { timeUs: number; severity: Severity; isFull: boolean }): boolean {
    const { timeUs, severity, isFull } = cause;
    let span = this.#spans.get(name);
    if (span === undefined) {
      this.#spans.set(name, span = { fromUs: timeUs, openedCount: 0, heldBackCount: 0, severity: "info" });
    }
    if (span.openedCount < rule.rateMax && !isFull) {
      span.openedCount++;
      return true;
    }
    span.heldBackCount++;
    if (isWorse(severity, span.severity)) span.severity = severity;
    return false;
  }

  /** Sum up the spans that are over. @param patience how many times its length a span may last */
  end(
    nowUs: number,
    context: { ruleOf: (name: string) => AlertRule | undefined; id: string; emit: Emit; patience: number },
  ) {
    const { ruleOf, id, emit, patience } = context;
    for (const [name, span] of this.#spans) {
      const rule = ruleOf(name);
      if (rule !== undefined && nowUs - span.fromUs < rule.rateS * US_PER_SECOND * patience) continue;
      this.#spans.delete(name);
      if (span.heldBackCount === 0) continue;
      const summary: Alert = {
        v: 1,
        id: `${name}-${id}-held-back`,
        pair: ALERT_MARKET,
        kind: HELD_BACK_KIND,
        severity: span.severity,
        state: "open",
        timeUs: nowUs,
        openedUs: span.fromUs,
        rule: name,
        score: 1,
        sentence: `Rule ${name} opened ${span.openedCount} alerts and held ${span.heldBackCount} more back`,
        count: span.heldBackCount,
        routes: rule?.routes ?? [],
      };
      emit(alertSubject(span.severity, ALERT_MARKET as Pair, HELD_BACK_KIND), JSON.stringify(summary));
    }
  }

  snapshot(): [string, Span][] {
    return [...this.#spans];
  }

  restore(spans: [string, Span][]): void {
    for (const [name, span] of spans) this.#spans.set(name, span);
  }
}
