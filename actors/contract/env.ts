/**
 * Configuration from the environment: every wrong value reported at once, each with its name and what would be right.
 *
 * @module
 */
import { z } from "zod";
import { ConfigError } from "./errors.ts";
import { ALL_PAIRS, type Pair, parsePair } from "./pairs.ts";

/**
 * Read names from an environment through a schema. An empty value counts as not set. Values of names that hold a secret
 * (`…PASSWORD`, `…TOKEN`, `…KEY`, `…SECRET`) are never repeated in the error, nor is the user part of a URL.
 *
 * @throws {ConfigError} with one line per wrong name.
 */
export function readEnv<Shape extends z.ZodRawShape>(
  shape: Shape,
  env: Readonly<Record<string, string | undefined>>,
): z.infer<z.ZodObject<Shape>> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(shape)) {
    const value = env[name];
    if (value !== undefined && value !== "") given[name] = value;
  }
  const parsed = z.object(shape).safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const value = given[name];
    const shown = value === undefined
      ? "is not set"
      : SECRET.test(name)
      ? "(hidden)"
      : JSON.stringify(withoutCredentials(value));
    return `${name} ${shown}: ${issue.message}`;
  }));
}

const SECRET = /(PASSWORD|TOKEN|KEY|SECRET)$/;

function withoutCredentials(value: string): string {
  return value.replace(/\/\/.*@/s, "//(hidden)@");
}

/** A whole number within bounds. */
export function wholeNumber(min: number, max: number): z.ZodType<number, string> {
  const message = `expected a whole number from ${min} to ${max}`;
  return z.string(message).regex(/^\d{1,15}$/, message).transform(Number).refine((n) => n >= min && n <= max, message);
}

/** A TCP port; 0 asks for a free one. */
export const port = (): z.ZodType<number, string> => wholeNumber(0, 65_535);

/** A URL with one of the given schemes. */
export function urlOf(...schemes: string[]): z.ZodType<string, string> {
  const message = `expected a URL with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`;
  return z.string(message).refine(
    (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)),
    message,
  );
}

/** A comma-separated list of pairs, or `all`. */
export function pairList(): z.ZodType<readonly Pair[], string> {
  return z.string().transform((text, ctx) => {
    if (text.trim().toLowerCase() === "all") return ALL_PAIRS;
    const pairs = new Set<Pair>();
    for (const name of text.split(",")) {
      const pair = parsePair(name);
      if (pair === undefined) {
        ctx.addIssue(`"${name.trim()}" is no pair of the table; expected for example EURUSD,USDJPY or all`);
      } else pairs.add(pair);
    }
    return [...pairs];
  });
}

/** A URL as it may be shown: without its user and password. */
export function shownUrl(url: string): string {
  const shown = new URL(url);
  shown.username = shown.password = "";
  return shown.href.replace(/\/$/, "");
}

/** The levels of logging, quietest last. */
export const LogLevel = z.enum(["debug", "info", "warn", "error"], { error: "expected debug, info, warn or error" });
export type LogLevel = z.infer<typeof LogLevel>;

/** The pairs that run where nothing else is said: three that close a triangle, and two more. */
export const DEFAULT_PAIRS = "EURUSD,USDJPY,EURJPY,GBPUSD,USDCHF";
