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
  type Pair,
  pairList,
  readEnv,
  replicaCount,
  urlOf,
  wholeNumber,
} from "./contract/mod.ts";
import {
  ALPHAVANTAGE_REQUESTS_PER_DAY,
  ALPHAVANTAGE_REQUESTS_PER_MINUTE,
  ALPHAVANTAGE_URL,
  KRAKEN_DEPTHS,
  KRAKEN_URL,
  RATE_PER_SECOND_DEFAULT,
  SCENARIO_KINDS,
  TRUEFX_INTERVAL_MS,
  TRUEFX_INTERVAL_MS_MIN,
  TRUEFX_URL,
  TWELVEDATA_URL,
} from "./feeds/mod.ts";

/** More updates a second than any venue sends for one pair. */
const SIM_RATE_MAX = 10_000;
/** Sources that one node may be asked to run. */
export const FEED_NAMES = ["sim", "kraken", "oanda", "alphavantage", "twelvedata", "truefx", "ws"] as const;
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
  OANDA_TOKEN: z.string().optional(),
  OANDA_ACCOUNT: z.string().optional(),
  OANDA_ENV: z.enum(["practice", "live"], { error: "expected practice or live" }).default("practice"),
  OANDA_URL: urlOf("http", "https").optional(),
  ALPHAVANTAGE_KEY: z.string().optional(),
  ALPHAVANTAGE_REQUESTS_PER_MINUTE: wholeNumber(1, 1_200).default(ALPHAVANTAGE_REQUESTS_PER_MINUTE),
  ALPHAVANTAGE_REQUESTS_PER_DAY: wholeNumber(1, 10_000_000).default(ALPHAVANTAGE_REQUESTS_PER_DAY),
  ALPHAVANTAGE_URL: urlOf("http", "https").default(ALPHAVANTAGE_URL),
  TWELVEDATA_KEY: z.string().optional(),
  TWELVEDATA_URL: urlOf("ws", "wss").default(TWELVEDATA_URL),
  TRUEFX_USER: z.string().optional(),
  TRUEFX_PASSWORD: z.string().optional(),
  TRUEFX_URL: urlOf("http", "https").default(TRUEFX_URL),
  TRUEFX_INTERVAL_MS: wholeNumber(TRUEFX_INTERVAL_MS_MIN, 3_600_000).default(TRUEFX_INTERVAL_MS),
  FEED_WS_MAP: z.string().optional(),
};

/** Pairs of one source, where they are not those that no other source has. */
const pairsShape = {
  SIM_PAIRS: pairList().optional(),
  KRAKEN_PAIRS: pairList().optional(),
  OANDA_PAIRS: pairList().optional(),
  ALPHAVANTAGE_PAIRS: pairList().optional(),
  TWELVEDATA_PAIRS: pairList().optional(),
  TRUEFX_PAIRS: pairList().optional(),
};

/** What a source cannot do without, and where it comes from. */
const NEEDS: Partial<Record<FeedName, Readonly<Record<string, string>>>> = {
  oanda: {
    OANDA_TOKEN: "a personal access token, from hub.oanda.com, Tools, API (a practice account is free)",
    OANDA_ACCOUNT: "an account of the v20 kind such as 101-004-1234567-001, from hub.oanda.com, Accounts",
  },
  alphavantage: { ALPHAVANTAGE_KEY: "a key, free from www.alphavantage.co/support/#api-key" },
  twelvedata: { TWELVEDATA_KEY: "a key of a plan with WebSocket, from twelvedata.com/account/api-keys" },
  ws: { FEED_WS_MAP: "the path of a mapping file; docs/FEEDS.md has an example" },
};

/** @throws {ConfigError} with one line for each wrong name. */
export function readFeedConfig(env: Readonly<Record<string, string | undefined>>) {
  const { pairsOf, ...config } = withPairs(readEnv({ ...shape, ...pairsShape }, env));
  const missing = config.FEED.flatMap((feed) =>
    Object.entries(NEEDS[feed] ?? {}).filter(([name]) => (config as Record<string, unknown>)[name] === undefined)
      .map(([name, what]) => `${name} is not set: FEED=${feed} needs ${what}`)
  );
  if (config.FEED.includes("truefx") && (config.TRUEFX_USER === undefined) !== (config.TRUEFX_PASSWORD === undefined)) {
    const [there, absent] = config.TRUEFX_USER === undefined
      ? ["TRUEFX_PASSWORD", "TRUEFX_USER"]
      : ["TRUEFX_USER", "TRUEFX_PASSWORD"];
    missing.push(`${absent} is not set, but ${there} is: expected both of an account of truefx.com, or neither`);
  }
  const idle = [...pairsOf].filter(([, pairs]) => pairs.length === 0).map(([feed]) =>
    `FEED: no pair is left for ${feed}; set ${feed.toUpperCase()}_PAIRS, or leave ${feed} out`
  );
  const problems = [...missing, ...idle, ...sharedPairs(pairsOf)];
  if (problems.length > 0) throw new ConfigError(problems);
  return { ...config, pairsOf };
}

/** Each source's pairs: its own list, or of `PAIRS` those that no other source of `FEED` has in its list. */
function withPairs<Config extends { FEED: readonly FeedName[]; PAIRS: readonly Pair[] }>(config: Config) {
  const own = (feed: FeedName) =>
    (config as Record<string, unknown>)[`${feed.toUpperCase()}_PAIRS`] as Pair[] | undefined;
  const taken = new Set(config.FEED.flatMap((feed) => own(feed) ?? []));
  const rest = config.PAIRS.filter((pair) => !taken.has(pair));
  // The pairs of a mapping stand in its file.
  const feeds = config.FEED.filter((feed) => feed !== "ws");
  return { ...config, pairsOf: new Map(feeds.map((feed) => [feed, own(feed) ?? rest] as const)) };
}

/** A pair has one book, which two sources would make a mixture of: a line for each source that asks for another one's pairs. */
export function sharedPairs(pairsOf: Iterable<readonly [feed: FeedName, pairs: Iterable<Pair>]>): string[] {
  const owners = new Map<Pair, FeedName>();
  const problems: string[] = [];
  for (const [feed, pairs] of pairsOf) {
    const shared: Pair[] = [];
    for (const pair of pairs) {
      if (owners.has(pair)) shared.push(pair);
      else owners.set(pair, feed);
    }
    if (shared.length === 0) continue;
    const name = `${feed.toUpperCase()}_PAIRS`;
    problems.push(
      `FEED: ${shared.join(", ")} would come from ${feed} and from ${owners.get(shared[0]!)}; ` +
        `expected one source a pair: ${feed === "ws" ? "name others in its mapping" : `set ${name}`}`,
    );
  }
  return problems;
}

export type FeedConfig = ReturnType<typeof readFeedConfig>;
