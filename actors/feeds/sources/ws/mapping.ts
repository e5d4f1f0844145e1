/**
 * A mapping file: how messages of any WebSocket become market events.
 *
 * Everything that is wrong with it is told at once, each with its path. `${NAME}` in the URL, in headers and in messages that are sent is
 * replaced from the environment: keys stand only there, and what came from there is never shown.
 *
 * @module
 */
import { z } from "zod";
import { type Pair, parsePair } from "../../../contract/mod.ts";
import { TIME_UNITS } from "./paths.ts";

const EVERY_MS_MIN = 100;
const SILENCE_MS_MIN = 100;
const SILENCE_MS_MAX = 3_600_000;
/** As long as a report shows it. */
const SYMBOL_CHARS_MAX = 64;

const path = () => z.string().min(1, "expected a path such as data.0.price");
const value = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: "expected a text, a number, true, false or null",
});
const factor = z.number().positive();

const fields = {
  symbol: path(),
  time: path().optional(),
  timeUnit: z.enum(TIME_UNITS, { error: `expected ${TIME_UNITS.join(", ")}` }).default("iso"),
  sequence: path().optional(),
};
const rule = {
  when: z.record(path(), value),
  forEach: path().optional(),
  /** Sizes of the source times this are base units. */
  sizeUnit: factor.default(1),
  /** Prices of the source times this are in quote currency. */
  priceFactor: factor.default(1),
};
const sides = { side: path().optional(), sideBuy: value.default("buy"), sideSell: value.default("sell") };

export const WsRule = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("quote"),
    ...rule,
    fields: z.strictObject({
      ...fields,
      bid: path(),
      ask: path(),
      bidSize: path().optional(),
      askSize: path().optional(),
    }),
  }),
  z.strictObject({
    kind: z.literal("trade"),
    ...rule,
    fields: z.strictObject({ ...fields, ...sides, price: path(), size: path() }),
  }),
  z.strictObject({
    kind: z.literal("level"),
    ...rule,
    /** The message is a full picture: the levels before it are gone. */
    snapshot: z.boolean().default(false),
    fields: z.strictObject({
      ...fields,
      ...sides,
      sideAlways: z.enum(["bid", "ask"], { error: "expected bid or ask" }).optional(),
      price: path(),
      size: path(),
    }).refine(
      ({ side, sideAlways }) => (side === undefined) !== (sideAlways === undefined),
      "expected either side, a path, or sideAlways, bid or ask",
    ),
  }),
], { error: "expected kind quote, trade or level" });
export type WsRule = z.infer<typeof WsRule>;

const symbols = z.record(z.string(), z.string().min(1).max(SYMBOL_CHARS_MAX)).transform((table, ctx) => {
  const bySymbol = new Map<string, Pair>();
  const owners = new Map<Pair, string>();
  for (const [name, symbol] of Object.entries(table)) {
    const issue = (message: string) => ctx.addIssue({ code: "custom", path: [name], message });
    const pair = parsePair(name);
    if (pair === undefined) {
      issue("no pair of the table; expected for example EURUSD");
      continue;
    }
    const other = bySymbol.get(symbol);
    if (owners.has(pair)) issue(`pair ${pair} is named twice, as ${owners.get(pair)} too`);
    else if (other !== undefined) issue(`symbol "${symbol}" means two pairs, ${other} and ${pair}`);
    owners.set(pair, name);
    bySymbol.set(symbol, pair);
  }
  if (Object.keys(table).length === 0) ctx.addIssue("expected at least one pair");
  return bySymbol;
});

export const WsMapping = z.strictObject({
  url: z.string(),
  headers: z.record(z.string(), z.string()).default({}),
  subscribe: z.array(z.unknown()).default([]),
  heartbeat: z.strictObject({ everyMs: z.int().min(EVERY_MS_MIN), message: z.unknown() }).optional(),
  silenceMs: z.int().min(SILENCE_MS_MIN).max(SILENCE_MS_MAX),
  symbols,
  messages: z.array(WsRule).min(1, "expected at least one message"),
});

/** A mapping that can be used: with its keys in it. */
export interface ResolvedMapping {
  readonly url: string;
  /** Without what came from the environment, user and query. */
  readonly shownUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Texts to send at the start. */
  readonly subscribe: readonly string[];
  readonly heartbeat: { readonly everyMs: number; readonly text: string } | undefined;
  readonly silenceMs: number;
  readonly symbols: ReadonlyMap<string, Pair>;
  readonly messages: readonly WsRule[];
  /** Everything that came from the environment. */
  readonly secrets: readonly string[];
}

/** Read a mapping. Answers what is wrong with it, a line each, where it cannot be used. */
export function readMapping(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): { mapping: ResolvedMapping; problems?: undefined } | { mapping?: undefined; problems: string[] } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { problems: [`no JSON: ${(error as Error).message}`] };
  }
  const parsed = WsMapping.safeParse(json);
  const problems = pairsNamedTwice(text).map((name) => `symbols.${name}: named twice`);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) {
      problems.push(`${path.map(String).join(".") || "the whole"}: ${message}`);
    }
    return { problems };
  }
  const { url: template, headers, subscribe, heartbeat, silenceMs, symbols, messages } = parsed.data;
  const secrets = new Set<string>();
  const resolve = (value: unknown, at: string, write = (text: string) => text) =>
    replaced(value, { at, env, secrets, problems, write });
  const url = resolve(template, "url", encodeURIComponent) as string;
  if (!URL.canParse(url) || !/^wss?:$/.test(new URL(url).protocol) || url.includes("#")) {
    problems.push("url: expected ws://HOST/PATH or wss://HOST/PATH");
  }
  const sent = resolve(headers, "headers") as Record<string, string>;
  for (const [name, text] of Object.entries(sent)) {
    if (!/^[\w-]+$/.test(name) || !/^[\x20-\x7e]*$/.test(text)) problems.push(`headers.${name}: no header of HTTP`);
  }
  const asText = (message: unknown) => typeof message === "string" ? message : JSON.stringify(message);
  const mapping: ResolvedMapping = {
    url,
    shownUrl: template.replace(/[?#].*$/s, "").replace(/\/\/[^/]*@/, "//"),
    headers: sent,
    subscribe: subscribe.map((message, i) => asText(resolve(message, `subscribe.${i}`))),
    heartbeat: heartbeat &&
      { everyMs: heartbeat.everyMs, text: asText(resolve(heartbeat.message, "heartbeat.message")) },
    silenceMs,
    symbols,
    messages,
    secrets: [...secrets],
  };
  return problems.length > 0 ? { problems } : { mapping };
}

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

interface Replacing {
  at: string;
  env: Readonly<Record<string, string | undefined>>;
  secrets: Set<string>;
  problems: string[];
  /** How a value is written where it stands. */
  write: (text: string) => string;
}

/** The value with its variables replaced, within its texts: what is in them cannot break out of the JSON. */
function replaced(value: unknown, replacing: Replacing): unknown {
  const { at, env, secrets, problems, write } = replacing;
  if (typeof value === "string") {
    return value.replace(VARIABLE, (_, name: string) => {
      const found = env[name];
      if (found === undefined || found === "") problems.push(`${at}: ${name} is not set in the environment`);
      else secrets.add(found);
      return write(found ?? "");
    });
  }
  const inside = (key: string | number) => ({ ...replacing, at: `${at}.${key}` });
  if (Array.isArray(value)) return value.map((one, i) => replaced(one, inside(i)));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replaced(one, inside(key))]));
}

/** `JSON.parse` keeps the last of two equal names without a word. */
function pairsNamedTwice(text: string): string[] {
  const [, inside = ""] = /"symbols"\s*:\s*\{([^{}]*)\}/.exec(text) ?? [];
  const names = [...inside.matchAll(/"((?:[^"\\]|\\.)*)"\s*:/g)].map(([, name]) => name!);
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
}
