/**
 * Turns messages into events by one rule of a mapping, and keeps count of paths that are never there.
 *
 * @module
 */
import { emptyEvent, EventFlag, EventKind, type MarketEvent, type RejectCode, Side } from "../../../contract/mod.ts";
import type { WsRule } from "./mapping.ts";
import { numberOf, Path, textOf, timeOf } from "./paths.ts";

/** Messages that fit a rule and lack a path, before the path is taken for a mistake. */
export const NEVER_FOUND_MAX = 100;

/** Takes what a message says of one symbol. `timeUs` is `undefined` where the rule names no time. The event may be reused. */
export type RuleSink = (
  symbol: string,
  event: MarketEvent,
  about: { timeUs: number | undefined; sequence: number | undefined; rule: WsRule },
) => void;

export interface RuleReport {
  refuse(code: RejectCode, describe: () => string): void;
  /** A path that none of so many messages has. Told once. */
  neverFound(about: { rule: WsRule; path: string; keys: string }): void;
}

/** A path of a rule, and whether it was ever found. */
interface Watched {
  readonly name: string;
  readonly path: Path;
  isFound: boolean;
  missedCount: number;
}

export class RuleReader {
  readonly #rule: WsRule;
  readonly #report: RuleReport;
  readonly #conditions: readonly { path: Path; value: unknown }[];
  readonly #forEach: Watched | undefined;
  readonly #fields = new Map<string, Watched>();
  readonly #event = emptyEvent();

  constructor(rule: WsRule, report: RuleReport) {
    this.#rule = rule;
    this.#report = report;
    this.#conditions = Object.entries(rule.when).map(([path, value]) => ({ path: new Path(path), value }));
    const watched = (name: string, path: string) => ({ name, path: new Path(path), isFound: false, missedCount: 0 });
    this.#forEach = rule.forEach === undefined ? undefined : watched("forEach", rule.forEach);
    for (const [name, path] of Object.entries(rule.fields)) {
      if (PATHS.has(name)) this.#fields.set(name, watched(name, path as string));
    }
  }

  fits(message: unknown): boolean {
    return this.#conditions.every(({ path, value }) => path.of(message, message) === value);
  }

  /** @throws nothing, whatever the message. */
  read(message: unknown, sink: RuleSink): void {
    if (this.#forEach === undefined) return this.#readElement(message, message, sink);
    const elements = this.#find(this.#forEach, { element: message, message });
    if (elements === undefined) return this.#missing([this.#forEach]);
    if (!Array.isArray(elements)) {
      return this.#report.refuse("line-malformed", () => `${this.#forEach!.path.text} is no array`);
    }
    for (const element of elements) this.#readElement(element, message, sink);
  }

  #readElement(element: unknown, message: unknown, sink: RuleSink): void {
    const values: Record<string, unknown> = {};
    const missing: Watched[] = [];
    for (const [name, watched] of this.#fields) {
      values[name] = this.#find(watched, { element, message });
      if (values[name] === undefined && !OPTIONAL.has(name)) missing.push(watched);
    }
    if (missing.length > 0) return this.#missing(missing);
    const { fields } = this.#rule;
    const timeUs = fields.time === undefined ? undefined : timeOf(values.time, fields.timeUnit);
    if (fields.time !== undefined && timeUs === undefined) {
      return this.#report.refuse(
        "time-invalid",
        () => `${fields.time}: ${textOf(values.time)} is no time in ${fields.timeUnit}`,
      );
    }
    const sequence = fields.sequence === undefined ? undefined : numberOf(values.sequence);
    if (sequence !== undefined && !Number.isSafeInteger(sequence)) {
      return this.#report.refuse(
        "line-malformed",
        () => `${fields.sequence}: ${textOf(values.sequence)} is no whole number`,
      );
    }
    if (this.#fill(values)) sink(textOf(values.symbol), this.#event, { timeUs, sequence, rule: this.#rule });
  }

  /** Put the values into the event. `false` where they are refused. */
  #fill(values: Readonly<Record<string, unknown>>): boolean {
    const event = this.#event;
    const { kind, priceFactor, sizeUnit } = this.#rule;
    event.kind = EventKind[kind];
    event.flags = 0;
    event.side = Side.none;
    event.price = numberOf(values[kind === "quote" ? "bid" : "price"]) * priceFactor;
    event.size = numberOf(values[kind === "quote" ? "bidSize" : "size"]) * sizeUnit;
    event.price2 = kind === "quote" ? numberOf(values.ask) * priceFactor : NaN;
    event.size2 = kind === "quote" ? numberOf(values.askSize) * sizeUnit : NaN;
    // A side that is told but is no number would pass as one that is not there.
    if (Number.isNaN(event.price) || (kind === "quote" && Number.isNaN(event.price2))) {
      this.#report.refuse(
        "price-not-finite",
        () => `no number: ${textOf(values.bid ?? values.price)}, ${textOf(values.ask)}`,
      );
      return false;
    }
    if (kind === "quote") return true;
    const { fields } = this.#rule;
    const isSame = (side: unknown) => textOf(values.side) === textOf(side);
    if (fields.side !== undefined) {
      event.side = isSame(fields.sideBuy) ? Side.buy : isSame(fields.sideSell) ? Side.sell : 0;
    }
    if (kind === "level" && this.#rule.fields.sideAlways !== undefined) event.side = Side[this.#rule.fields.sideAlways];
    if (kind === "trade" && event.side !== Side.none) event.flags = EventFlag.aggressorKnown;
    if (kind === "trade" || event.side !== Side.none) return true;
    this.#report.refuse("side-unknown", () => `${fields.side}: ${textOf(values.side)} is neither sideBuy nor sideSell`);
    return false;
  }

  #find(watched: Watched, { element, message }: { element: unknown; message: unknown }): unknown {
    const value = watched.path.of(element, message) ?? undefined;
    if (value !== undefined) watched.isFound = true;
    else if (!watched.isFound && ++watched.missedCount === NEVER_FOUND_MAX) {
      this.#report.neverFound({ rule: this.#rule, path: watched.path.text, keys: keysOf(element) });
    }
    return value;
  }

  #missing(missing: readonly Watched[]): void {
    this.#report.refuse("column-missing", () => `no ${missing.map(({ path }) => path.text).join(", ")} in the message`);
  }
}

/** Fields that are paths; the others are what they say. */
const PATHS = new Set(
  ["symbol", "time", "sequence", "bid", "ask", "bidSize", "askSize", "price", "size", "side"],
);
/** What an event can do without. A trade's side may be unknown; a level's may not, and is refused then. */
const OPTIONAL = new Set(["bidSize", "askSize", "side"]);

const KEYS_CHARS_MAX = 200;

/** The names that a message has, as a hint at what it is. */
export function keysOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.keys(value).join(", ").slice(0, KEYS_CHARS_MAX);
}
