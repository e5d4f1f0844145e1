/**
 * Keeps what is known of rules and routes, and the rule that is written: its form, what is wrong with it, its versions, and what it
 * would have done.
 *
 * @module
 */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type {
  DryRunAnswer,
  PrecisionAnswer,
  RoutesAnswer,
  RouteTestAnswer,
  RulesAnswer,
  RuleVersionsAnswer,
  RuleWarning,
  RuleWritten,
} from "../actors/contract/alert_api.ts";
import type { AlertRuleInput } from "../actors/contract/alert_rule.ts";
import type { Api, ApiError } from "./feed/api.ts";
import { NEW_RULE } from "./model/location.ts";
import { fieldErrors, type FormErrors, formOf, NEW_FORM, type RuleForm, ruleOf } from "./model/rule_form.ts";

/** A dry run goes through ten million samples and more. */
const DRY_RUN_TIMEOUT_MS = 60_000;

export type RuleVersion = RuleVersionsAnswer["versions"][number];

/** The rule that is written. */
export interface Editing {
  /** {@linkcode NEW_RULE} for one that is not there yet. */
  readonly name: string;
  readonly form: RuleForm;
  /** The rule as text, where somebody writes it so. */
  readonly json: string | undefined;
  readonly errors: FormErrors;
  /** What is wrong and belongs to no field. */
  readonly problem: string | undefined;
  readonly busy: "saving" | "deleting" | undefined;
  /** Somebody else wrote it meanwhile. */
  readonly conflict: RuleVersion | undefined;
  /** It was saved, and this is odd about it. */
  readonly saved: { readonly warnings: readonly RuleWarning[] } | undefined;
  readonly versions: readonly RuleVersion[];
}

/** What a rule would have done. */
export interface Trial {
  readonly hours: number;
  readonly running: boolean;
  readonly answer: DryRunAnswer | undefined;
  readonly problem: string | undefined;
  /** The form has changed since. */
  readonly outdated: boolean;
}

export class RuleClient {
  readonly rules: Signal<RulesAnswer | undefined> = signal(undefined);
  readonly routes: Signal<RoutesAnswer | undefined> = signal(undefined);
  /** How people judged alerts, by detector; `undefined` before the archive has said so. */
  readonly precision: Signal<PrecisionAnswer | undefined> = signal(undefined);
  readonly error: Signal<ApiError | undefined> = signal(undefined);
  readonly editing: Signal<Editing | undefined> = signal(undefined);
  readonly trial: Signal<Trial | undefined> = signal(undefined);
  /** What became of test messages, by route. */
  readonly tests: Signal<Readonly<Record<string, RouteTestAnswer | "sending" | string>>> = signal({});
  readonly #api: Pick<Api, "get" | "send">;
  readonly #me: ReadonlySignal<string>;
  /** The revision that the form is of; 0 where there was none. */
  #revision = 0;

  constructor(api: Pick<Api, "get" | "send">, me: ReadonlySignal<string>) {
    this.#api = api;
    this.#me = me;
  }

  /** Asks for all rules and routes. */
  async load(): Promise<void> {
    // The archive may be away while rules and routes are not.
    void this.#api.get("alerts/precision", { is: isPrecision }).then((answer) => {
      if (answer.ok) this.precision.value = answer.value;
    });
    const [rules, routes] = await Promise.all([
      this.#api.get("rules", { is: isRules }),
      this.#api.get("routes", { is: isRoutes }),
    ]);
    this.error.value = rules.ok ? routes.ok ? undefined : routes.error : rules.error;
    if (rules.ok) this.rules.value = rules.value;
    if (routes.ok) this.routes.value = routes.value;
  }

  /** Begins to write a rule; at none with `undefined`. */
  async edit(name: string | undefined): Promise<void> {
    this.trial.value = undefined;
    this.#revision = 0;
    if (name === undefined) return void (this.editing.value = undefined);
    const editing: Editing = {
      name,
      form: NEW_FORM,
      json: undefined,
      errors: {},
      problem: undefined,
      busy: undefined,
      conflict: undefined,
      saved: undefined,
      versions: [],
    };
    if (name === NEW_RULE) return void (this.editing.value = editing);
    const known = this.rules.peek()?.rules.find((rule) => rule.name === name)?.rule;
    this.editing.value = { ...editing, form: known === undefined ? { ...NEW_FORM, name } : formOf(name, known) };
    if (known === undefined) {
      await this.load();
      const loaded = this.rules.peek()?.rules.find((rule) => rule.name === name)?.rule;
      if (loaded !== undefined) this.#change({ form: formOf(name, loaded) }, name);
      else this.#change({ problem: `There is no rule ${name}; saved, it is a new one.` }, name);
    }
    await this.#versions(name);
  }

  /** Somebody typed something. */
  type(change: Partial<RuleForm>): void {
    const editing = this.editing.peek();
    if (editing === undefined) return;
    const errors = Object.fromEntries(Object.entries(editing.errors).filter(([field]) => !(field in change)));
    this.#change({ form: { ...editing.form, ...change }, errors, saved: undefined });
    this.#outdate();
  }

  typeJson(json: string): void {
    this.#change({ json, saved: undefined, problem: undefined });
    this.#outdate();
  }

  /** From the form to its text, and back. */
  toggleJson(): void {
    const editing = this.editing.peek();
    if (editing === undefined) return;
    if (editing.json === undefined) {
      const made = ruleOf({ ...editing.form, name: editing.form.name || "new" }, this.#me.peek());
      if ("errors" in made) return this.#change({ errors: made.errors });
      return this.#change({ json: JSON.stringify(made.rule, null, 2), problem: undefined });
    }
    const made = this.#written();
    if (made !== undefined) {
      this.#change({ json: undefined, form: formOf(editing.form.name, made), problem: undefined });
    }
  }

  /** @param over whether what somebody else wrote meanwhile is written over */
  async save({ over = false } = {}): Promise<string | undefined> {
    const rule = this.#written();
    const editing = this.editing.peek();
    if (rule === undefined || editing === undefined) return undefined;
    const { name } = editing.form;
    this.#change({ busy: "saving", problem: undefined, conflict: undefined });
    const answer = await this.#api.send("PUT", `rules/${encodeURIComponent(name)}`, {
      body: rule,
      is: isWritten,
      ...(!over && { headers: { "if-match": `"${this.#revision}"` } }),
    });
    if (!answer.ok) {
      await this.#fail(answer.error, name);
      return undefined;
    }
    const { revision, warnings } = answer.value;
    this.#revision = revision;
    this.#change({ name, busy: undefined, saved: { warnings }, errors: {} });
    await Promise.all([this.load(), this.#versions(name)]);
    return name;
  }

  /** Takes the rule out of the bucket; whether that was done. */
  async remove(): Promise<boolean> {
    const { name } = this.editing.peek() ?? {};
    if (name === undefined || name === NEW_RULE) return false;
    this.#change({ busy: "deleting", problem: undefined });
    const answer = await this.#api.send("DELETE", `rules/${encodeURIComponent(name)}`, { is: isNothing });
    if (!answer.ok) this.#change({ busy: undefined, problem: answer.error.message });
    else await this.load();
    return answer.ok;
  }

  /** Puts another version into the form. */
  take({ text }: RuleVersion): void {
    const editing = this.editing.peek();
    const rule = text === undefined ? undefined : ruleFrom(text);
    if (editing === undefined || typeof rule !== "object") return;
    this.#change({
      form: formOf(editing.form.name, rule),
      json: undefined,
      errors: {},
      conflict: undefined,
      problem: undefined,
    });
    // What was looked at is known now.
    this.#revision = Math.max(this.#revision, editing.versions.at(-1)?.revision ?? 0);
    this.#outdate();
  }

  /** What the rule would have done in the last hours. */
  async try(hours: number): Promise<void> {
    const rule = this.#written({ named: false });
    if (rule === undefined) return;
    const trial: Trial = { hours, running: true, answer: undefined, problem: undefined, outdated: false };
    this.trial.value = trial;
    const answer = await this.#api.send("POST", "rules/dry-run", {
      body: { rule, hours },
      is: isDryRun,
      timeoutMs: DRY_RUN_TIMEOUT_MS,
    });
    // Another one was begun, or the rule was left.
    const current = this.trial.peek();
    if (current === undefined || current.hours !== hours || !current.running) return;
    const { outdated } = current;
    this.trial.value = answer.ok
      ? { ...trial, running: false, outdated, answer: answer.value }
      : { ...trial, running: false, outdated, problem: answer.error.message };
    if (!answer.ok && answer.error.kind === "problem") {
      const { errors } = fieldErrors(answer.error.problem.errors ?? []);
      this.#change({ errors: { ...this.editing.peek()?.errors, ...errors } });
    }
  }

  /** Sends a message along a route that says it is a test. */
  async test(route: string): Promise<void> {
    this.tests.value = { ...this.tests.peek(), [route]: "sending" };
    const answer = await this.#api.send("POST", `routes/${encodeURIComponent(route)}/test`, {
      is: isTest,
      timeoutMs: DRY_RUN_TIMEOUT_MS,
    });
    this.tests.value = { ...this.tests.peek(), [route]: answer.ok ? answer.value : answer.error.message };
  }

  /** The rule that is typed; `undefined` where something is wrong with it, which is then said. */
  #written({ named = true } = {}): AlertRuleInput | undefined {
    const editing = this.editing.peek();
    if (editing === undefined) return undefined;
    if (editing.json !== undefined) {
      const rule = ruleFrom(editing.json);
      if (typeof rule === "object") return { ...rule, ...(this.#me.peek() !== "" && { by: this.#me.peek() }) };
      this.#change({ problem: rule });
      return undefined;
    }
    const made = ruleOf(named ? editing.form : { ...editing.form, name: "new" }, this.#me.peek());
    if ("rule" in made) return made.rule;
    this.#change({ errors: made.errors, problem: undefined });
    return undefined;
  }

  async #fail(error: ApiError, name: string): Promise<void> {
    if (error.kind === "problem" && error.problem.status === 412) {
      await this.#versions(name, { keepRevision: true });
      const newest = this.editing.peek()?.versions.at(-1);
      return this.#change({ busy: undefined, conflict: newest });
    }
    const problems = error.kind === "problem" ? error.problem.errors ?? [] : [];
    const { errors, rest } = fieldErrors(problems);
    const said = problems.length === 0 ? error.message : rest.length === 0 ? undefined : rest.join("; ");
    this.#change({ busy: undefined, errors, problem: said });
  }

  async #versions(name: string, { keepRevision = false } = {}): Promise<void> {
    const answer = await this.#api.get(`rules/${encodeURIComponent(name)}/versions`, { is: isVersions });
    if (!answer.ok || this.editing.peek()?.form.name !== name) return;
    const { versions } = answer.value;
    if (!keepRevision) this.#revision = Math.max(this.#revision, versions.at(-1)?.revision ?? 0);
    this.#change({ versions });
  }

  /** @param name only while this one is written */
  #change(change: Partial<Editing>, name?: string): void {
    const editing = this.editing.peek();
    if (editing === undefined || (name !== undefined && editing.name !== name)) return;
    this.editing.value = { ...editing, ...change };
  }

  #outdate(): void {
    const trial = this.trial.peek();
    if (trial !== undefined && !trial.outdated) this.trial.value = { ...trial, outdated: true };
  }
}

/** A rule's text as a rule, or what is wrong with it. */
function ruleFrom(text: string): AlertRuleInput | string {
  try {
    const value = JSON.parse(text);
    const isRule = typeof value === "object" && value !== null && typeof value.when === "object" &&
      value.when !== null &&
      (value.when.of === "case" || value.when.of === "metric");
    return isRule ? value : 'Expected a rule: {"v": 1, "when": {"of": "case"}}';
  } catch (error) {
    return `This is no JSON: ${(error as Error).message}`;
  }
}

const has = (...lists: string[]) => (body: unknown): boolean =>
  typeof body === "object" && body !== null &&
  lists.every((name) => Array.isArray((body as Record<string, unknown>)[name]));
const isRules = (body: unknown): body is RulesAnswer => has("rules", "refused")(body);
const isRoutes = (body: unknown): body is RoutesAnswer => has("routes")(body);
const isPrecision = (body: unknown): body is PrecisionAnswer => has("groups")(body);
const isVersions = (body: unknown): body is RuleVersionsAnswer => has("versions")(body);
const isWritten = (body: unknown): body is RuleWritten => has("warnings")(body);
const isDryRun = (body: unknown): body is DryRunAnswer => has("alerts", "warnings")(body);
const isTest = (body: unknown): body is RouteTestAnswer =>
  typeof body === "object" && body !== null && typeof (body as RouteTestAnswer).delivered === "boolean";
const isNothing = (body: unknown): body is undefined => body === undefined;
