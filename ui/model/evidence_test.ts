import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { ANOMALY_KINDS, DETECTORS } from "../../actors/contract/mod.ts";
import { evidenceLines } from "./evidence.ts";

Deno.test("`evidenceLines()` writes numbers with the unit that their name says", () => {
  const lines = evidenceLines("spoofing", {
    afterTradeMs: 2_300,
    displayedSize: 24e6,
    sizeRatio: 21.34,
    distanceBps: 0.123,
    bidSide: 1,
    notInTheCatalogue: 3,
  });
  deepStrictEqual(Object.fromEntries(lines.map(({ label, value, unit }) => [label, `${value} ${unit}`.trim()])), {
    "Displayed size": "24.0m",
    "Size ratio": "21.3 ×",
    "After trade": "2300 ms",
    "Distance": "0.123 bp",
    "Bid side": "bid",
    "Not in the catalogue": "3.00",
  });
  strictEqual(lines.at(-1)!.name, "notInTheCatalogue", "those of the catalogue come first, in its order");
});

Deno.test("`evidenceLines()` of a kind that this page does not know are its numbers", () => {
  deepStrictEqual(evidenceLines("of-tomorrow", { someShare: 0.25 }), [
    { name: "someShare", label: "Some share", value: "25.0", unit: "%", doc: "someShare" },
  ]);
});

for (const kind of ANOMALY_KINDS) {
  Deno.test(`evidence of ${kind} has labels that differ`, () => {
    const names = Object.keys(DETECTORS[kind].evidence);
    const lines = evidenceLines(kind, Object.fromEntries(names.map((name) => [name, 1])));
    strictEqual(lines.length, names.length);
    strictEqual(new Set(lines.map(({ label, unit }) => `${label} ${unit}`)).size, names.length);
    for (const { value, doc } of lines) strictEqual(value !== "" && doc.length > 3, true);
  });
}
