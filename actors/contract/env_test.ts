import assert from "node:assert/strict";
import { z } from "zod";
import {
  DEFAULT_PAIRS,
  jsonOf,
  LogLevel,
  natsUrl,
  pairList,
  port,
  readEnv,
  replicaCount,
  serverUrls,
  shownUrl,
  urlOf,
  wholeNumber,
} from "./env.ts";
import { MetricOptions } from "./metric_options.ts";
import { ConfigError } from "./errors.ts";
import { ALL_PAIRS } from "./pairs.ts";

function problemsOf(shape: z.ZodRawShape, env: Record<string, string | undefined>): readonly string[] {
  try {
    readEnv(shape, env);
  } catch (error) {
    assert(error instanceof ConfigError, String(error));
    return error.problems;
  }
  assert.fail("the configuration was read");
}

const SHAPE = {
  NATS_URL: urlOf("nats", "tls").default("nats://127.0.0.1:4222"),
  HTTP_PORT: port(),
  PAIRS: pairList().prefault(DEFAULT_PAIRS),
  LOG_LEVEL: LogLevel.default("info"),
};

Deno.test("`readEnv()` reads names through the schema and leaves other names alone", () => {
  const config = readEnv(SHAPE, { HTTP_PORT: "8080", LOG_LEVEL: "", PAIRS: "eur/usd, USDJPY,EURUSD", HOME: "/root" });
  assert.deepEqual(config, {
    NATS_URL: "nats://127.0.0.1:4222",
    HTTP_PORT: 8080,
    PAIRS: ["EURUSD", "USDJPY"],
    LOG_LEVEL: "info",
  });
});

Deno.test("`readEnv()` reports every wrong name at once, with what would be right", () => {
  const problems = problemsOf(SHAPE, { NATS_URL: "http://x", PAIRS: "EURUSD,XXX", LOG_LEVEL: "loud" });
  assert.deepEqual(problems, [
    'NATS_URL "http://x": expected a URL with nats:// or tls://',
    "HTTP_PORT is not set: expected a whole number from 0 to 65535",
    'PAIRS "EURUSD,XXX": "XXX" is no pair of the table; expected for example EURUSD,USDJPY or all',
    'LOG_LEVEL "loud": expected debug, info, warn or error',
  ]);
  assert.equal(new ConfigError(["a", "b"]).message, "Cannot use this configuration:\n  a\n  b");
});

Deno.test("`readEnv()` never repeats a secret", () => {
  const names = ["CLICKHOUSE_PASSWORD", "OANDA_TOKEN", "ALPHA_VANTAGE_KEY", "WEBHOOK_SECRET"];
  const shape = Object.fromEntries(names.map((name) => [name, wholeNumber(0, 9)]));
  const problems = problemsOf(shape, Object.fromEntries(names.map((name) => [name, "hunter2"])));
  assert.equal(problems.length, names.length);
  for (const line of problems) {
    assert.match(line, /^[A-Z_]+ \(hidden\): expected/);
    assert(!line.includes("hunter2"));
  }
});

Deno.test("`readEnv()` hides user and password of a URL it refuses", () => {
  for (
    const value of ["http://me:hunter2@host:1", "http://me:hun@ter2@host", "http://hunter2@host", "x://a:hunter2/@b"]
  ) {
    const [line] = problemsOf({ NATS_URL: urlOf("nats") }, { NATS_URL: value });
    assert(!/hunter2|ter2/.test(line!), line);
    assert.match(line!, /^NATS_URL "\w+:\/\/\(hidden\)@/);
  }
});

Deno.test("`wholeNumber()` takes whole numbers within its bounds only", () => {
  const shape = { N: wholeNumber(1, 10) };
  for (const text of ["1", "10", "007"]) assert.equal(readEnv(shape, { N: text }).N, Number(text));
  for (const text of ["0", "11", "-1", "1.5", "1e1", "0x5", " 1", "NaN", "9".repeat(16)]) {
    assert.deepEqual(problemsOf(shape, { N: text }).length, 1, text);
  }
});

Deno.test("`urlOf()` takes its schemes only", () => {
  const shape = { URL: urlOf("http", "https") };
  for (const text of ["http://localhost", "https://a.b:1/c?d"]) assert.equal(readEnv(shape, { URL: text }).URL, text);
  for (const text of ["ftp://a", "localhost:80", "//a", "http://"]) problemsOf(shape, { URL: text });
});

Deno.test("`natsUrl()` takes one server or several, with the same user and password", () => {
  const shape = { NATS_URL: natsUrl() };
  for (
    const text of [
      "nats://127.0.0.1:4222",
      "tls://nats.example",
      "nats://a:4222,nats://b:4222, nats://[::1]:4222",
      "nats://me:a,b@a:4222,nats://me:a,b@b:4222",
    ]
  ) assert.equal(readEnv(shape, { NATS_URL: text }).NATS_URL, text);
  for (
    const text of ["http://a", "nats://", "nats://a,b", "nats://a:4222,b:4222", "nats://a,", "nats://a/x", "a:4222"]
  ) {
    const [line] = problemsOf(shape, { NATS_URL: text });
    assert.match(line!, /: expected nats:\/\/HOST:PORT .* separated by commas$/);
  }
  for (
    const text of [
      "nats://a:x@h1,nats://a:hunter2@h2",
      "nats://h1,nats://a:hunter2@h2",
      "nats://a:hunter2@h1,nats://:h2",
    ]
  ) {
    const [line] = problemsOf(shape, { NATS_URL: text });
    assert(!line!.includes("hunter2"), line);
  }
  assert.match(
    problemsOf(shape, { NATS_URL: "nats://a:1@h1,nats://a:2@h2" })[0]!,
    /: expected the same user and password for every server$/,
  );
  const many = Array.from({ length: 17 }, (_, i) => `nats://h${i}`).join();
  assert.match(problemsOf(shape, { NATS_URL: many })[0]!, /at most 16 servers$/);
});

Deno.test("`serverUrls()` reads each URL of a list", () => {
  const urls = serverUrls("nats://me:a,b@a:4222 , nats://me:a,b@b");
  assert.deepEqual(urls.map(({ hostname, port, password }) => [hostname, port, decodeURIComponent(password)]), [
    ["a", "4222", "a,b"],
    ["b", "", "a,b"],
  ]);
});

Deno.test("`shownUrl()` hides user and password of every URL", () => {
  assert.equal(shownUrl("http://me:hunter2@host:1/"), "http://host:1");
  assert.equal(shownUrl("nats://me:hun,ter2@a:4222, nats://me:hun,ter2@b"), "nats://a:4222,nats://b");
});

Deno.test("`replicaCount()` takes 1, 3 or 5", () => {
  for (const n of [1, 3, 5]) assert.equal(readEnv({ N: replicaCount() }, { N: String(n) }).N, n);
  for (const text of ["0", "2", "4", "7", "3.0", "three"]) problemsOf({ N: replicaCount() }, { N: text });
});

Deno.test("`pairList()` reads `all`, and the default pairs are in the table", () => {
  assert.deepEqual(readEnv({ P: pairList() }, { P: " ALL " }).P, ALL_PAIRS);
  assert.deepEqual(readEnv({ P: pairList() }, { P: DEFAULT_PAIRS }).P.join(), DEFAULT_PAIRS);
  problemsOf({ P: pairList() }, { P: "EURUSD," });
});

Deno.test("`jsonOf()` reads JSON of a schema, and names every part that is wrong", () => {
  const shape = { OPTIONS: jsonOf(MetricOptions).prefault("{}") };
  assert.equal(readEnv(shape, {}).OPTIONS.sampleMs, 250);
  assert.equal(readEnv(shape, { OPTIONS: '{"sampleMs": 500}' }).OPTIONS.sampleMs, 500);
  for (const [text, problems] of [["{", /expected JSON/], ['{"sampleMs": 1, "x": 2}', /sampleMs: .*\n.*x/]] as const) {
    assert.throws(() => readEnv(shape, { OPTIONS: text }), (error: Error) => {
      assert(error instanceof ConfigError);
      assert.match(error.problems.join("\n"), problems);
      return true;
    });
  }
});
