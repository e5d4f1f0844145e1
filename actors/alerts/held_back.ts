/**
 * How many alerts each rule opened lately, and how many it held back.
 *
 * @module
 */
import { type AlertRule, type Severity, US_PER_SECOND } from "../contract/mod.ts";
import { isWorse } from "./alert_entry.ts";

/** Kind of the alert that stands for those that a rule held back. */
export const HELD_BACK_KIND = "held-back";

export interface Span {
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

  /** Spans that are over, each told once. @param patience how many times its length a span may last */
  *ended(
    nowUs: number,
    { ruleOf, patience }: { ruleOf: (name: string) => AlertRule | undefined; patience: number },
  ): Generator<[rule: string, span: Span]> {
    for (const [name, span] of this.#spans) {
      const rule = ruleOf(name);
      if (rule !== undefined && nowUs - span.fromUs < rule.rateS * US_PER_SECOND * patience) continue;
      this.#spans.delete(name);
      yield [name, span];
    }
  }

  snapshot(): [string, Span][] {
    return [...this.#spans];
  }

  restore(spans: [string, Span][]): void {
    for (const [name, span] of spans) this.#spans.set(name, span);
  }
}
