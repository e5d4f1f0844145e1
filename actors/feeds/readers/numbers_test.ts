import assert from "node:assert/strict";
import fc from "fast-check";
import { parseDecimal, saysNotFinite } from "./numbers.ts";

const read = (text: string, shift = 0) => {
  const bytes = new TextEncoder().encode(`x${text}y`);
  return parseDecimal(bytes, 1, bytes.length - 1, shift);
};

Deno.test("parseDecimal() reads every double as Number() does", () => {
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
    assert.equal(read(String(value)), Number(String(value)));
  }));
  fc.assert(fc.property(fc.integer({ min: 0, max: 10 ** 12 }), fc.integer({ min: 0, max: 9 }), (value, decimals) => {
    const text = (value / 10 ** decimals).toFixed(decimals);
    assert.equal(read(text), Number(text));
  }));
  for (const text of ["1.1885299999999999", "-0.5", "+7", ".5", "5.", "007.10", "1e3", "1E-2"]) {
    assert.equal(read(text), Number(text), text);
  }
});

Deno.test("parseDecimal() scales by a power of ten exactly", () => {
  assert.equal(read("2.06", 6), 2_060_000);
  assert.equal(read("0.75", 6), 750_000);
  assert.equal(read("1.1234567890123456789", 6), Number("1.1234567890123456789e6"));
});

Deno.test("parseDecimal() answers NaN for what is no number", () => {
  for (
    const text of ["", "-", ".", "1.2.3", "1,2", " 1", "1 ", "0x10", "NaN", "Infinity", "1e", "١", "1".repeat(100)]
  ) {
    assert(Number.isNaN(read(text)), text);
  }
});

Deno.test("saysNotFinite() knows the words", () => {
  for (const text of ["NaN", "nan", "inf", "-Infinity", "+INF"]) assert(saysNotFinite(text), text);
  for (const text of ["", "1", "nanx", "infinite"]) assert(!saysNotFinite(text), text);
});
