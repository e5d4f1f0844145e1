import assert from "node:assert/strict";
import { Severity } from "./alert.ts";
import { ALL_PAIRS, parsePair } from "./pairs.ts";
import { BUCKETS, STREAMS } from "./streams.ts";
import {
  alertSubject,
  anomalySubject,
  deadSubject,
  MARKET_ACTOR,
  MARKET_DEAD_SUBJECT,
  MARKET_METRICS_SUBJECT,
  marketSubject,
  metricsSubject,
  pairOfSubject,
} from "./subjects.ts";

const EURUSD = parsePair("EURUSD")!;

Deno.test("subjects are those of the table of streams", () => {
  assert.equal(marketSubject(EURUSD), "fx.market.EURUSD");
  assert.equal(metricsSubject(EURUSD), "fx.metrics.EURUSD");
  assert.equal(anomalySubject(EURUSD, "spread-blowout"), "fx.anomaly.EURUSD.spread-blowout");
  assert.equal(alertSubject("critical", EURUSD, "spread-blowout"), "fx.alert.critical.EURUSD.spread-blowout");
});

Deno.test("`pairOfSubject()` reads the pair of every subject that is built here", () => {
  for (const pair of ALL_PAIRS) {
    const subjects = [marketSubject(pair), metricsSubject(pair), anomalySubject(pair, "x"), `fx.ingest.${pair}`];
    for (const severity of Severity.options) subjects.push(alertSubject(severity, pair, "x"));
    for (const subject of [...subjects, `fx.truth.${pair}.spoofing`]) {
      assert.equal(pairOfSubject(subject), pair, subject);
    }
  }
});

Deno.test("`pairOfSubject()` refuses what is none of ours", () => {
  const wrong = ["", "fx", "fx.market", "fx.market.", "fx.market.XXXYYY", "fx.market.eurusd", "fx.market.EUR/USD"];
  const foreign = ["market.EURUSD", "fx..EURUSD", "fx.other.EURUSD", "fx.constructor.EURUSD", "fx.alert.EURUSD"];
  for (const subject of [...wrong, ...foreign, "fx.alert.info.EURUS", "FX.market.EURUSD"]) {
    assert.equal(pairOfSubject(subject), undefined, subject);
  }
});

Deno.test("the actor across pairs stands where a pair would, and is none", () => {
  assert.equal(parsePair(MARKET_ACTOR), undefined);
  assert.equal(MARKET_METRICS_SUBJECT, metricsSubject(MARKET_ACTOR as typeof EURUSD));
  assert.equal(MARKET_DEAD_SUBJECT, deadSubject(MARKET_ACTOR as typeof EURUSD));
  assert.equal(pairOfSubject(MARKET_METRICS_SUBJECT), undefined);
});

/** Whether a NATS filter takes a subject. */
function matches(filter: string, subject: string): boolean {
  const tokens = subject.split(".");
  return filter.split(".").every((token, i) =>
    token === ">" ? tokens.length > i : token === "*" || token === tokens[i]
  ) &&
    (filter.endsWith(">") || filter.split(".").length === tokens.length);
}

Deno.test("every subject is kept by exactly one stream", () => {
  const subjects = {
    MARKET: marketSubject(EURUSD),
    METRICS: metricsSubject(EURUSD),
    DEAD: MARKET_DEAD_SUBJECT,
    ANOMALIES: anomalySubject(EURUSD, "x"),
    ALERTS: alertSubject("info", EURUSD, "x"),
    TRUTH: "fx.truth.EURUSD.x",
  };
  for (const [name, subject] of Object.entries(subjects)) {
    const keepers = Object.values(STREAMS).filter((stream) =>
      stream.subjects.some((filter) => matches(filter, subject))
    );
    assert.deepEqual(keepers.map((stream) => stream.name), [name]);
  }
});

Deno.test("streams and buckets have names of their own and limits", () => {
  const names = [...Object.values(STREAMS), ...Object.values(BUCKETS)].map(({ name }) => name);
  assert.equal(new Set<string>(names).size, names.length);
  for (const stream of Object.values(STREAMS)) {
    assert(stream.maxAgeHours > 0 && stream.maxBytes > 0, stream.name);
    assert(stream.duplicateWindowSeconds <= stream.maxAgeHours * 3_600, stream.name);
  }
});
