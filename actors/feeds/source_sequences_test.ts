import assert from "node:assert/strict";
import fc from "fast-check";
import { SEQUENCES_MAX, SourceSequences } from "./source_sequences.ts";

Deno.test("SourceSequences.accept() takes what rises, and says what is missing or comes again", () => {
  const sequences = new SourceSequences();
  const verdicts = [5, 6, 6, 5, 9, 10, 7].map((sequence) => sequences.accept("a", sequence));
  assert.deepEqual(verdicts, ["next", "next", "duplicate", "back", "gap", "next", "back"]);
  assert.equal(sequences.accept("b", 6), "next");
});

Deno.test("SourceSequences takes each number of a source at most once, in whatever order they come", () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom("a", "b"), fc.nat(20))), (numbers) => {
    const sequences = new SourceSequences();
    const taken: Record<string, number[]> = { a: [], b: [] };
    for (const [key, number] of numbers) {
      const verdict = sequences.accept(key, number);
      if (verdict === "next" || verdict === "gap") taken[key]!.push(number);
    }
    for (const list of Object.values(taken)) {
      assert.deepEqual(list, [...new Set(list)].sort((a, b) => a - b));
    }
  }));
});

Deno.test("SourceSequences.rewind() lets what was not stored come again, and nothing older", () => {
  const sequences = new SourceSequences();
  sequences.accept("a", 3);
  sequences.accept("a", 4);
  sequences.rewind("a", 3);
  assert.deepEqual([sequences.accept("a", 3), sequences.accept("a", 4)], ["duplicate", "next"]);
  sequences.rewind("b", 9);
  assert.equal(sequences.newest("b"), undefined);
  sequences.accept("b", 1);
  sequences.rewind("b", undefined);
  assert.equal(sequences.accept("b", 1), "next");
});

Deno.test("SourceSequences forgets whom it heard longest ago", () => {
  const sequences = new SourceSequences();
  for (let i = 0; i < SEQUENCES_MAX; i++) sequences.accept(`s${i}`, 7);
  sequences.accept("s0", 8);
  sequences.accept("one more", 1);
  assert.deepEqual([sequences.newest("s0"), sequences.newest("s1"), sequences.newest("s2")], [8, undefined, 7]);
});
