import assert from "node:assert/strict";
import fc from "fast-check";
import { DATA } from "../../../../tests/support/shared_data.ts";
import { readAnswer } from "./alphavantage_answer.ts";

const rate = (fields: Record<string, unknown>) =>
  readAnswer(JSON.stringify({
    "Realtime Currency Exchange Rate": {
      "6. Last Refreshed": "2023-12-28 01:09:01",
      "7. Time Zone": "UTC",
      "8. Bid Price": "1.11157800",
      "9. Ask Price": "1.11164800",
      ...fields,
    },
  }));

Deno.test("readAnswer() tells rates, limits, errors and rates without bid and ask apart by their fields", () => {
  const timeUs = Date.UTC(2023, 11, 28, 1, 9, 1) * 1_000;
  assert.deepEqual(rate({}), { kind: "rate", timeUs, bid: 1.111578, ask: 1.111648 });
  assert.equal(rate({ "8. Bid Price": undefined }).kind, "incomplete");
  assert.equal(rate({ "9. Ask Price": "-" }).kind, "incomplete");
  assert.deepEqual(readAnswer('{"Note":"slow"}'), { kind: "limit", isNote: true, message: "slow" });
  assert.deepEqual(readAnswer('{"Information":"quota"}'), { kind: "limit", isNote: false, message: "quota" });
  assert.deepEqual(readAnswer('{"Error Message":"no"}'), { kind: "error", message: "no" });
});

Deno.test("readAnswer() reads the time in the zone that it is told in", () => {
  const timeOf = (zone: string, time = "2023-12-28 01:09:01") => {
    const answer = rate({ "7. Time Zone": zone, "6. Last Refreshed": time });
    return answer.kind === "rate" ? answer.timeUs / 1e6 : answer.kind;
  };
  const utc = Date.UTC(2023, 11, 28, 1, 9, 1) / 1_000;
  assert.equal(timeOf("US/Eastern"), utc + 5 * 3_600);
  assert.equal(timeOf("Europe/Berlin", "2023-07-28 01:09:01"), Date.UTC(2023, 6, 27, 23, 9, 1) / 1_000);
  assert.equal(timeOf("Moon/Base"), "incomplete");
  assert.equal(timeOf("UTC", "2023-02-30 01:09:01"), "incomplete");
});

Deno.test("readAnswer() reads what was recorded", { ignore: !exists() }, () => {
  const lines = Deno.readTextFileSync(`${DATA}/fixtures/alphavantage_currency_exchange_rate.jsonl`).trim().split("\n");
  assert.deepEqual(lines.map((line) => readAnswer(line).kind), [
    "rate",
    "rate",
    "incomplete",
    "limit",
    "limit",
    "error",
  ]);
  const crypto = Deno.readTextFileSync(`${DATA}/fixtures/alphavantage_mock_foreign_exchange.json`);
  assert.equal(readAnswer(crypto).kind, "incomplete");
});

function exists(): boolean {
  try {
    return Deno.statSync(`${DATA}/fixtures/alphavantage_mock_foreign_exchange.json`).isFile;
  } catch {
    return false;
  }
}

Deno.test("readAnswer() throws nothing but SyntaxError, whatever comes", () => {
  const odd = fc.constant({ toString: 1, valueOf: 1 });
  const like = fc.record({
    "6. Last Refreshed": fc.oneof(fc.string(), odd, fc.anything()),
    "7. Time Zone": fc.oneof(fc.constantFrom("UTC", "US/Eastern"), fc.string(), fc.anything()),
    "8. Bid Price": fc.oneof(fc.constant("1.1"), fc.anything()),
    "9. Ask Price": fc.oneof(fc.constant("1.2"), fc.anything()),
  }, { requiredKeys: [] });
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    like.map((value) => JSON.stringify({ "Realtime Currency Exchange Rate": value })),
  );
  fc.assert(
    fc.property(text, (text) => {
      try {
        readAnswer(text);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
      }
    }),
    { numRuns: 300 },
  );
});
