/**
 * Configuration of feed nodes, from the environment: which sources, which pairs, and what each source needs.
 *
 * @module
 */
import { z } from "zod";
import {
  ConfigError,
  DEFAULT_PAIRS,
  LogLevel,
  natsUrl,
  nodeName,
  pairList,
  readEnv,
  replicaCount,
  urlOf,
  wholeNumber,
} from "./contract/mod.ts";
import { KRAKEN_DEPTHS, KRAKEN_URL, RATE_PER_SECOND_DEFAULT, SCENARIO_KINDS } from "./feeds/mod.ts";

/** More updates a second than any venue sends for one pair. */
const SIM_RATE_MAX = 10_000;
/** Sources that one node may be asked to run. */
export const FEED_NAMES = ["sim", "kraken"] as const;
export type FeedName = typeof FEED_NAMES[number];

const FEED_EXPECTED = `expected off, or one or several of ${FEED_NAMES.join(", ")}, separated by commas`;

/** The sources to run; none with `off`. */
export const feedNames = () =>
  z.string().transform((text, ctx): readonly FeedName[] => {
    const names = [...new Set(text.split(",").map((name) => name.trim()))];
    if (names.length === 1 && names[0] === "off") return [];
    if (names.every((name) => FEED_NAMES.includes(name as FeedName))) return names as FeedName[];
    ctx.addIssue(FEED_EXPECTED);
    return z.NEVER;
  }).prefault("sim");

const SCENARIOS_EXPECTED = `expected on, off, or kinds such as spoofing,layering; there are ${
  SCENARIO_KINDS.join(", ")
}`;
/** Scenarios of the simulated market: all, none, or some kinds. */
const scenarios = z.string().transform((text, ctx) => {
  if (text === "off") return undefined;
  const kinds = text === "on" ? SCENARIO_KINDS : text.split(",").map((kind) => kind.trim());
  if (kinds.every((kind) => SCENARIO_KINDS.includes(kind))) return kinds;
  ctx.addIssue(SCENARIOS_EXPECTED);
  return z.NEVER;
});

/** One of some whole numbers. */
function oneOf(numbers: readonly number[]) {
  const message = `expected ${numbers.slice(0, -1).join(", ")} or ${numbers.at(-1)}`;
  return z.string(message).transform(Number).refine((number) => numbers.includes(number), message);
}

const shape = {
  NATS_URL: natsUrl().default("nats://127.0.0.1:4222"),
  NATS_REPLICAS: replicaCount().prefault("1"),
  NODE_NAME: nodeName().optional(),
  LOG_LEVEL: LogLevel.default("info"),
  FEED: feedNames(),
  PAIRS: pairList().prefault(DEFAULT_PAIRS),
  FEED_CA_FILE: z.string().optional(),
  SIM_SEED: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(1),
  SIM_RATE: wholeNumber(1, SIM_RATE_MAX).default(RATE_PER_SECOND_DEFAULT),
  SIM_DETAIL: z.enum(["l1", "l2", "l3"], { error: "expected l1, l2 or l3" }).default("l3"),
  SCENARIOS: scenarios.prefault("on"),
  SCENARIO_INTERVAL_S: wholeNumber(1, 86_400).default(150),
  KRAKEN_URL: urlOf("ws", "wss").default(KRAKEN_URL),
  KRAKEN_DEPTH: oneOf(KRAKEN_DEPTHS).prefault("10"),
};

/** What a source cannot do without, and where it comes from. */
const NEEDS: Partial<Record<FeedName, Readonly<Record<string, string>>>> = {};

/** @throws {ConfigError} with one line for each wrong name. */
export function readFeedConfig(env: Readonly<Record<string, string | undefined>>) {
  const config = readEnv(shape, env);
  const missing = config.FEED.flatMap((feed) =>
    Object.entries(NEEDS[feed] ?? {}).filter(([name]) => (config as Record<string, unknown>)[name] === undefined)
      .map(([name, what]) => `${name} is not set: FEED=${feed} needs ${what}`)
  );
  if (missing.length > 0) throw new ConfigError(missing);
  return config;
}

export type FeedConfig = ReturnType<typeof readFeedConfig>;
