/**
 * The rules there are: the usual ones, and those that people have put in their place.
 *
 * @module
 */
import { ALERT_RULES_MAX, AlertRule, type AlertRuleInput, AlertRuleName, DEFAULT_RULES } from "../contract/mod.ts";

export class RuleBook {
  readonly #rules = new Map<string, AlertRule>();
  /** Why what stands under a name is no rule. */
  readonly refused: Record<string, string> = {};

  /** @param rules those that there are at first. @default {DEFAULT_RULES} */
  constructor(rules: Readonly<Record<string, AlertRuleInput>> = DEFAULT_RULES) {
    for (const [name, rule] of Object.entries(rules)) this.#rules.set(name, AlertRule.parse(rule));
  }

  [Symbol.iterator](): Iterator<[string, AlertRule]> {
    return this.#rules[Symbol.iterator]();
  }

  get(name: string): AlertRule | undefined {
    return this.#rules.get(name);
  }

  /** Whether a rule is about metrics. */
  get wantsSamples(): boolean {
    for (const rule of this.#rules.values()) if (rule.enabled && rule.when.of === "metric") return true;
    return false;
  }

  /** A rule as its key says; `undefined` where the key is deleted. What is no rule is refused, and the one before it stays. */
  set(name: string, value: unknown): void {
    if (value === undefined) {
      this.#rules.delete(name);
      delete this.refused[name];
      const usual = DEFAULT_RULES[name];
      if (usual !== undefined) this.#rules.set(name, AlertRule.parse(usual));
      return;
    }
    const parsed = AlertRule.safeParse(value);
    if (!AlertRuleName.safeParse(name).success) this.#refuse(name, "expected a name of small letters, digits and -");
    else if (!this.#rules.has(name) && this.#rules.size >= ALERT_RULES_MAX) {
      this.#refuse(name, `more than ${ALERT_RULES_MAX} rules`);
    } else if (parsed.success) {
      this.#rules.set(name, parsed.data);
      delete this.refused[name];
    } else {
      const issue = parsed.error.issues[0]!;
      this.#refuse(name, `${issue.path.join(".") || "the whole"}: ${issue.message}`);
    }
  }

  /** Whether what stands under a name is what was put there: a rule, or nonsense that was refused. */
  knows(name: string, text: string): boolean {
    if (name in this.refused) return true;
    const rule = this.#rules.get(name);
    try {
      return rule !== undefined && JSON.stringify(AlertRule.parse(JSON.parse(text))) === JSON.stringify(rule);
    } catch {
      return false;
    }
  }

  #refuse(name: string, reason: string): void {
    if (name in this.refused || Object.keys(this.refused).length < ALERT_RULES_MAX) {
      this.refused[name.slice(0, 64)] = reason.slice(0, 300);
    }
  }

  snapshot(): { rules: [string, AlertRule][]; refused: Record<string, string> } {
    return { rules: [...this.#rules], refused: this.refused };
  }

  restore({ rules, refused }: ReturnType<RuleBook["snapshot"]>): void {
    this.#rules.clear();
    for (const [name, rule] of rules) this.#rules.set(name, AlertRule.parse(rule));
    Object.assign(this.refused, refused);
  }
}
