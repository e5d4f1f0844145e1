import assert from "node:assert/strict";
import { ConfigError } from "./contract/mod.ts";
import { readFeedConfig } from "./feed_config.ts";

const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readFeedConfig(env);
  } catch (error) {
    assert(error instanceof ConfigError, String(error));
    return error.problems;
  }
  return [];
};

Deno.test("readFeedConfig() gives each source its pairs: its own list, or what no other one has", () => {
  const { pairsOf } = readFeedConfig({ FEED: "sim,kraken", PAIRS: "EURUSD,USDJPY,GBPUSD", KRAKEN_PAIRS: "EURUSD" });
  assert.deepEqual([...pairsOf], [["sim", ["USDJPY", "GBPUSD"]], ["kraken", ["EURUSD"]]]);
  assert.deepEqual([...readFeedConfig({ FEED: "kraken", PAIRS: "EURUSD" }).pairsOf], [["kraken", ["EURUSD"]]]);
  assert.deepEqual(readFeedConfig({ FEED: "off" }).FEED, []);
});

Deno.test("readFeedConfig() refuses two sources of one pair, by name", () => {
  assert.deepEqual(problemsOf({ FEED: "sim,kraken", PAIRS: "EURUSD,USDJPY" }), [
    "FEED: EURUSD, USDJPY would come from kraken and from sim; expected one source a pair: set KRAKEN_PAIRS",
  ]);
  const env = { FEED: "sim,kraken", SIM_PAIRS: "EURUSD", KRAKEN_PAIRS: "EURUSD,USDJPY" };
  assert.match(problemsOf(env)[0]!, /^FEED: EURUSD would come from kraken and from sim/);
});

Deno.test("readFeedConfig() says what a source lacks and where one gets it", () => {
  const missing = problemsOf({
    FEED: "oanda,alphavantage,twelvedata,ws",
    OANDA_PAIRS: "EURUSD",
    TWELVEDATA_PAIRS: "USDJPY",
  });
  for (const name of ["OANDA_TOKEN", "OANDA_ACCOUNT", "ALPHAVANTAGE_KEY", "TWELVEDATA_KEY", "FEED_WS_MAP"]) {
    assert(missing.some((line) => line.startsWith(`${name} is not set: FEED=`)), name);
  }
  assert.match(problemsOf({ FEED: "truefx", TRUEFX_USER: "me" })[0]!, /TRUEFX_PASSWORD is not set/);
});

Deno.test("readFeedConfig() tells wrong values without repeating a key", () => {
  const problems = problemsOf({
    FEED: "nasdaq",
    KRAKEN_DEPTH: "12",
    OANDA_ENV: "s3cret",
    OANDA_URL: "http://u:s3cret@",
  });
  assert.match(problems.join("\n"), /FEED "nasdaq": expected off, or one or several of sim, kraken/);
  assert.match(problems.join("\n"), /KRAKEN_DEPTH "12": expected 10, 25, 100, 500 or 1000/);
  assert(!problems.find((line) => line.startsWith("OANDA_URL"))!.includes("s3cret"));
});
