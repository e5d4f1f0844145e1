/**
 * Rules from a file: put into the bucket where they differ from what is there.
 *
 * @module
 */
import { ALERT_RULES_MAX, AlertRule, AlertRuleName, ConfigError } from "../actors/contract/mod.ts";

/** Who wrote a rule of a file that names nobody. */
const FILE_AUTHOR = "file";

/**
 * Rules by name.
 *
 * @throws {ConfigError} with a line for each thing that is wrong: in which file, of which rule and field.
 */
export function parseRuleFile(text: string, source: string): Map<string, AlertRule> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigError([
      `${source}: expected JSON such as {"mine": {"v": 1, "when": …}}: ${(error as Error).message}`,
    ]);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ConfigError([`${source}: expected an object of rules by their names`]);
  }
  const rules = new Map<string, AlertRule>();
  const problems: string[] = [];
  for (const [name, one] of Object.entries(value)) {
    if (!AlertRuleName.safeParse(name).success) {
      problems.push(`${source}: ${JSON.stringify(name)}: expected a name of small letters, digits and -`);
      continue;
    }
    const { data, error } = AlertRule.safeParse(one);
    // Parsed once more, so that its fields stand in the order of the schema, as those of the bucket do.
    if (data !== undefined) rules.set(name, AlertRule.parse({ ...data, by: data.by ?? FILE_AUTHOR }));
    for (const { path, message } of error?.issues ?? []) {
      problems.push(`${source}: ${[name, ...path].join(".")}: ${message}`);
    }
  }
  if (rules.size > ALERT_RULES_MAX) {
    problems.push(`${source}: ${rules.size} rules, expected at most ${ALERT_RULES_MAX}`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return rules;
}

/** Where rules stand. */
export interface RuleDesk {
  ruleTexts(): Promise<Map<string, string>>;
  putRule(name: string, text: string): Promise<number>;
}

/** Put what differs; answers the names. Rules that are not in the file stay as they are. */
export async function applyRuleFile(rules: ReadonlyMap<string, AlertRule>, desk: RuleDesk): Promise<string[]> {
  const there = await desk.ruleTexts();
  const changed: string[] = [];
  for (const [name, rule] of rules) {
    if (normal(there.get(name)) === JSON.stringify(rule)) continue;
    await desk.putRule(name, JSON.stringify(rule));
    changed.push(name);
  }
  return changed;
}

/** A rule's text with its defaults, in the order of the schema. */
function normal(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.stringify(AlertRule.parse(JSON.parse(text)));
  } catch {
    return undefined;
  }
}
