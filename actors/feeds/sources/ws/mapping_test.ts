import assert from "node:assert/strict";
import { mappingExample } from "../../../../tests/support/venues/mapping_example.ts";
import { readMapping } from "./mapping.ts";

const ENV = { EXAMPLE_TOKEN: "s3cret/token" };
const EXAMPLE = JSON.parse(mappingExample("wss://user:pw@venue.example/v2"));

/** What is wrong with the example when some of it is changed. */
function problemsOf(changes: Record<string, unknown>, env: Record<string, string> = ENV): string[] {
  return readMapping(JSON.stringify({ ...EXAMPLE, ...changes }), env).problems ?? [];
}

/** The first message with some of its fields changed. */
const message = (changes: Record<string, unknown>) => ({ messages: [{ ...EXAMPLE.messages[0], ...changes }] });

Deno.test("readMapping() replaces variables where they stand, and shows none of them", () => {
  const { mapping } = readMapping(JSON.stringify({ ...EXAMPLE, headers: { "X-Key": "Bearer ${EXAMPLE_TOKEN}" } }), {
    EXAMPLE_TOKEN: 's3cret/"',
  });
  assert(mapping !== undefined);
  assert.equal(mapping.url, "wss://user:pw@venue.example/v2?token=s3cret%2F%22");
  assert.equal(mapping.shownUrl, "wss://venue.example/v2");
  assert.deepEqual(mapping.headers, { "X-Key": 'Bearer s3cret/"' });
  // What is in it cannot break out of the JSON.
  assert.deepEqual(JSON.parse(mapping.subscribe[0]!), { action: "auth", key: 's3cret/"' });
  assert.deepEqual(mapping.secrets, ['s3cret/"']);
});

Deno.test("readMapping() tells everything that is wrong, each with its path, and no key", () => {
  const cases: [Record<string, unknown>, RegExp][] = [
    [{ url: "https://venue.example" }, /^url: expected ws:\/\/HOST\/PATH or wss:/],
    [{ url: "wss://venue.example/#part" }, /^url: expected/],
    [{ silenceMs: 1 }, /^silenceMs: /],
    [{ silenceS: 1 }, /^the whole: .*silenceS/],
    [{ heartbeat: { everyMs: 5, message: "" } }, /^heartbeat\.everyMs: /],
    [{ headers: { "X Y": "a" } }, /^headers\.X Y: no header/],
    [{ headers: { "X-Y": "a\nb" } }, /^headers\.X-Y: no header/],
    [{ symbols: {} }, /^symbols: expected at least one pair/],
    [{ symbols: { EURUSD: "A", USDJPY: "A" } }, /^symbols\.USDJPY: symbol "A" means two pairs, EURUSD and USDJPY/],
    [{ symbols: { EURUSD: "A", "EUR/USD": "B" } }, /^symbols\.EUR\/USD: pair EURUSD is named twice, as EURUSD too/],
    [{ symbols: { XXXYYY: "A" } }, /^symbols\.XXXYYY: no pair of the table/],
    [{ messages: [] }, /^messages: expected at least one message/],
    [message({ kind: "news" }), /^messages\.0\.kind: expected kind quote, trade or level/],
    [message({ sizeUnit: 0 }), /^messages\.0\.sizeUnit: /],
    [message({ when: { type: {} } }), /^messages\.0\.when\.type: expected a text, a number/],
    [message({ fields: { symbol: "s", bid: "b" } }), /^messages\.0\.fields\.ask: /],
    [
      message({ fields: { ...EXAMPLE.messages[0].fields, timeUnit: "h" } }),
      /^messages\.0\.fields\.timeUnit: expected iso, s, ms/,
    ],
    [
      message({ kind: "level", fields: { symbol: "s", price: "p", size: "q" } }),
      /^messages\.0\.fields: expected either side/,
    ],
  ];
  for (const [changes, expected] of cases) {
    const problems = problemsOf(changes);
    assert.equal(problems.length, 1, `${expected}: ${problems}`);
    assert.match(problems[0]!, expected);
  }
  assert.deepEqual(problemsOf({}, {}), [
    "url: EXAMPLE_TOKEN is not set in the environment",
    "subscribe.0.key: EXAMPLE_TOKEN is not set in the environment",
  ]);
  assert.equal(problemsOf({ silenceMs: 1, symbols: {} }).length, 2);
  assert.equal(problemsOf({}).length, 0);
});

Deno.test("readMapping() finds a pair that the file names twice, and what is no JSON", () => {
  const text = JSON.stringify(EXAMPLE).replace('"symbols":{', '"symbols":{"EURUSD":"X",');
  assert.deepEqual(readMapping(text, ENV).problems, ["symbols.EURUSD: named twice"]);
  assert.match(readMapping("{", ENV).problems![0]!, /^no JSON: /);
});
