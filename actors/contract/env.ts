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

/** Servers of one cluster that a URL names at most. */
const SERVERS_MAX = 16;

/** One or more URLs of NATS servers that form a cluster, separated by commas. A user and password are the same for all of them. */
export function natsUrl(): z.ZodType<string, string> {
  const shape = "expected nats://HOST:PORT or tls://HOST:PORT, or several of them separated by commas";
  return z.string(shape).transform((text, ctx) => {
    if (!splitUrls(text).every(isServer)) ctx.addIssue(shape);
    else {
      const servers = serverUrls(text);
      const logins = new Set(servers.map(({ username, password }) => `${username}:${password}`));
      if (logins.size > 1) ctx.addIssue("expected the same user and password for every server");
      if (servers.length > SERVERS_MAX) ctx.addIssue(`expected at most ${SERVERS_MAX} servers`);
    }
    return text;
  });
}

/** Each URL of a value that `natsUrl()` took. */
export function serverUrls(text: string): URL[] {
  return splitUrls(text).map((url) => new URL(url));
}

/** A comma may stand in a password; the one between two URLs is followed by a scheme. */
function splitUrls(text: string): string[] {
  return text.trim().split(/\s*,\s*(?=[a-z]+:\/\/)/i);
}

function isServer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, hash } = new URL(text);
  return /^(nats|tls):$/.test(protocol) && hostname !== "" && !hostname.includes(",") && /^\/?$/.test(pathname) &&
    search === "" && hash === "";
}

/** How many servers keep a copy of everything in NATS: a majority of them must live. */
export function replicaCount(): z.ZodType<number, string> {
  const message = "expected 1, 3 or 5";
  return z.string(message).regex(/^[135]$/, message).transform(Number);
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

/** A JSON text of a schema. */
export function jsonOf<T>(schema: z.ZodType<T>): z.ZodType<T, string> {
  return z.string().transform((text, ctx) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      ctx.addIssue(`expected JSON: ${(error as Error).message}`);
      return z.NEVER;
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) ctx.addIssue(`${path.join(".") || "the whole"}: ${message}`);
    return z.NEVER;
  });
}

/** A URL, or several separated by commas, as it may be shown: without user and password. */
export function shownUrl(urls: string): string {
  return splitUrls(urls).map((url) => {
    const shown = new URL(url);
    shown.username = shown.password = "";
    return shown.href.replace(/\/$/, "");
  }).join(",");
}

/** The levels of logging, quietest last. */
export const LogLevel = z.enum(["debug", "info", "warn", "error"], { error: "expected debug, info, warn or error" });
export type LogLevel = z.infer<typeof LogLevel>;

/** The pairs that run where nothing else is said: three that close a triangle, and two more. */
export const DEFAULT_PAIRS = "EURUSD,USDJPY,EURJPY,GBPUSD,USDCHF";

/** Name of a node in the cluster. */
export const nodeName = (): z.ZodType<string, string> =>
  z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "expected up to 64 letters, digits, _ and -");
