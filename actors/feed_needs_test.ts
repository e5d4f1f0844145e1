import assert from "node:assert/strict";
import { ConfigError } from "./contract/mod.ts";
import { FEED_NAMES, readFeedConfig } from "./feed_config.ts";
import { liveSourceOf } from "./live_sources.ts";

/** A pair has one source. */
const OWN_PAIRS = {
  SIM_PAIRS: "EURUSD",
  KRAKEN_PAIRS: "GBPUSD",
  OANDA_PAIRS: "AUDUSD",
  ALPHAVANTAGE_PAIRS: "NZDUSD",
  TWELVEDATA_PAIRS: "USDCAD",
  TRUEFX_PAIRS: "USDCHF",
};

function problemsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    assert(error instanceof ConfigError, String(error));
    return error.problems;
  }
  return [];
}

Deno.test("readFeedConfig() says what each source needs and where it comes from, all at once", () => {
  const problems = problemsOf(() => readFeedConfig({ FEED: FEED_NAMES.join(","), ...OWN_PAIRS }));
  assert.deepEqual(problems.map((line) => line.slice(0, line.indexOf(" needs"))), [
    "OANDA_TOKEN is not set: FEED=oanda",
    "OANDA_ACCOUNT is not set: FEED=oanda",
    "ALPHAVANTAGE_KEY is not set: FEED=alphavantage",
    "TWELVEDATA_KEY is not set: FEED=twelvedata",
    "FEED_WS_MAP is not set: FEED=ws",
  ]);
  for (const place of ["hub.oanda.com", "alphavantage.co/support", "twelvedata.com/account", "docs/FEEDS.md"]) {
    assert(problems.some((line) => line.includes(place)), place);
  }
});

Deno.test("readFeedConfig() takes user and password of TrueFX together or not at all, and shows no password", () => {
  const password = "s3cret-password";
  const [problem] = problemsOf(() => readFeedConfig({ FEED: "truefx", TRUEFX_PASSWORD: password }));
  assert.match(problem!, /^TRUEFX_USER is not set, but TRUEFX_PASSWORD is: /);
  assert(!problem!.includes(password));
  assert.match(
    problemsOf(() => readFeedConfig({ FEED: "truefx", TRUEFX_USER: "a" }))[0]!,
    /^TRUEFX_PASSWORD is not set/,
  );
  assert.equal(readFeedConfig({ FEED: "truefx" }).TRUEFX_INTERVAL_MS, 1_000);
  assert.equal(problemsOf(() => readFeedConfig({ FEED: "truefx", TRUEFX_INTERVAL_MS: "249" })).length, 1);
});

Deno.test("readFeedConfig() refuses values of live sources that cannot be meant", () => {
  const wrong = {
    KRAKEN_DEPTH: "7",
    OANDA_ENV: "demo",
    OANDA_URL: "stream.example",
    ALPHAVANTAGE_REQUESTS_PER_DAY: "0",
    ALPHAVANTAGE_REQUESTS_PER_MINUTE: "many",
    ALPHAVANTAGE_URL: "wss://a",
    TWELVEDATA_URL: "https://a",
    TRUEFX_URL: "a",
  };
  assert.equal(problemsOf(() => readFeedConfig(wrong)).length, Object.keys(wrong).length);
});

Deno.test("liveSourceOf() makes each source of its configuration", () => {
  const map = Deno.makeTempFileSync({ suffix: ".json" });
  try {
    const docs = Deno.readTextFileSync(new URL("../docs/FEEDS.md", import.meta.url));
    Deno.writeTextFileSync(map, /<!-- The tests run this example\. -->\s*```json\n([^`]+)```/.exec(docs)![1]!);
    const env = {
      ...OWN_PAIRS,
      FEED: FEED_NAMES.join(","),
      OANDA_TOKEN: "t",
      OANDA_ACCOUNT: "a",
      ALPHAVANTAGE_KEY: "k",
      TWELVEDATA_KEY: "k",
      FEED_WS_MAP: map,
      EXAMPLE_TOKEN: "x",
    };
    const config = readFeedConfig(env);
    for (const name of FEED_NAMES) {
      if (name === "sim") continue;
      const source = liveSourceOf(name, config, env);
      assert.equal(source.name, name);
      assert(source.symbols.size > 0 && source.gives.length > 0);
    }
    const [problem] = problemsOf(() => liveSourceOf("ws", config, {}));
    assert.match(problem!, /^FEED_WS_MAP ".+": url: EXAMPLE_TOKEN is not set in the environment$/);
  } finally {
    Deno.removeSync(map);
  }
  const config = readFeedConfig({ FEED: "ws", FEED_WS_MAP: map });
  assert.match(problemsOf(() => liveSourceOf("ws", config, {}))[0]!, /expected a mapping file/);
});

Deno.test("readFeedConfig() says which source has no pair left", () => {
  const env = { FEED: "sim,kraken", PAIRS: "EURUSD", KRAKEN_PAIRS: "EURUSD" };
  assert.deepEqual(problemsOf(() => readFeedConfig(env)), [
    "FEED: no pair is left for sim; set SIM_PAIRS, or leave sim out",
  ]);
});
