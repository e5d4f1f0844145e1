import assert from "node:assert/strict";
import fc from "fast-check";
import { EventKind, type RejectCode } from "../../../contract/mod.ts";
import { WsRule } from "./mapping.ts";
import { Path, timeOf } from "./paths.ts";
import { RuleReader } from "./rule_reader.ts";

Deno.test("Path.of() walks objects and arrays, of the element or of the whole, and finds only what the message says", () => {
  const whole = { a: [{ b: 1, length: 2 }], c: null };
  assert.equal(new Path("a.0.b").of(whole, whole), 1);
  assert.equal(new Path("a.0.length").of(whole, whole), 2);
  assert.equal(new Path("$.a.0.b").of({}, whole), 1);
  assert.equal(new Path("c").of(whole, whole), null);
  for (const path of ["a.length", "a.1.b", "c.d", "toString", "__proto__", "a.0.b.x", ""]) {
    assert.equal(new Path(path).of(whole, whole), undefined, path);
  }
});

Deno.test("timeOf() reads each unit, digits beyond a number's too", () => {
  const timeUs = 1_767_600_000_123_456;
  assert.equal(timeOf("2026-01-05T08:00:00.123456789Z", "iso"), timeUs);
  assert.equal(timeOf("1767600000123456789", "ns"), timeUs);
  assert.equal(timeOf(timeUs, "us"), timeUs);
  assert.equal(timeOf("1767600000123", "ms"), 1_767_600_000_123_000);
  assert.equal(timeOf(1_767_600_000, "s"), 1_767_600_000_000_000);
  for (const value of [null, "", "x", {}, 1e300, NaN]) {
    for (const unit of ["iso", "s", "ms", "us", "ns"] as const) assert.equal(timeOf(value, unit), undefined);
  }
});

Deno.test("RuleReader.read() scales prices and sizes", () => {
  const rule = WsRule.parse({
    when: {},
    kind: "trade",
    fields: { symbol: "s", price: "p", size: "q" },
    sizeUnit: 100_000,
    priceFactor: 0.01,
  });
  const reader = new RuleReader(rule, { refuse: () => {}, neverFound: () => {} });
  const found: number[] = [];
  reader.read({ s: "A", p: "125", q: 2 }, (_, { kind, price, size }) => found.push(kind, price, size));
  assert.deepEqual(found, [EventKind.trade, 1.25, 200_000]);
});

Deno.test("RuleReader.read() throws nothing, whatever the message", () => {
  const fields = { symbol: "s", time: "t", price: "p.0", size: "$.q" };
  const rules = [
    { when: {}, kind: "level", forEach: "list", fields: { ...fields, side: "d" } },
    { when: {}, kind: "trade", fields: { ...fields, sequence: "n" } },
    { when: {}, kind: "quote", fields: { symbol: "s", bid: "p.0", ask: "p.1" } },
  ].map((rule) => WsRule.parse(rule));
  const odd = fc.constant({ toString: 1, valueOf: 1 });
  const like = fc.dictionary(
    fc.constantFrom("s", "t", "p", "q", "d", "n", "list"),
    fc.oneof(fc.anything({ maxDepth: 2 }), odd),
  );
  fc.assert(fc.property(fc.oneof(fc.anything(), like), (message) => {
    const codes: RejectCode[] = [];
    for (const rule of rules) {
      const reader = new RuleReader(rule, {
        refuse: (code, describe) => void (codes.push(code), describe()),
        neverFound: () => {},
      });
      reader.fits(message);
      reader.read(JSON.parse(JSON.stringify(message) ?? "null"), () => {});
    }
  }));
});
