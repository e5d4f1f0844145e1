import assert from "node:assert/strict";
import { METRICS, type MetricSpec } from "../../actors/contract/mod.ts";
import { estimatorDoc, estimatorDocs, METRICS_PAGE, metricsPage } from "./metrics_page.ts";

Deno.test("`docs/METRICS.md` says what the catalogue and the estimators say; `deno task schemas` writes it", async () => {
  const cells = (text: string) =>
    text.split("\n").filter((line) => /^\| [`[]/.test(line)).map((line) => line.replaceAll(/\s+/g, " "));
  const expected = cells(await metricsPage());
  assert(expected.length > 100);
  assert.deepEqual(cells(await Deno.readTextFile(METRICS_PAGE)), expected);
});

Deno.test("every estimator of a metric says its formula, warm-up, cost and source", async () => {
  const docs = new Map((await estimatorDocs("estimators")).map((doc) => [doc.file, doc]));
  const used = Object.values<Record<string, MetricSpec>>(METRICS).flatMap((specs) =>
    Object.values(specs).map(({ estimator }) => estimator)
  );
  for (const file of new Set(used)) {
    for (const label of ["Formula", "Warm-up", "Cost", "Source"] as const) {
      assert(docs.get(file)?.parts[label], `${file}.ts has no "${label}:" in its doc comment`);
    }
  }
});

Deno.test("`estimatorDoc()` reads the labelled paragraphs of a module comment, up to the example", () => {
  const source = `/**
 * What it means,
 * in words.
 *
 * Formula: a = b
 * and c.
 * Warm-up: none.
 * Cost: O(1).
 *
 * More that is told in the source alone. Source: not this one.
 *
 * Source: Somebody (1999).
 *
 * @example
 * Cost: of the example.
 * @module
 */
export const x = "Pitfall: none";
`;
  assert.deepEqual(estimatorDoc("x", source), {
    file: "x",
    meaning: "What it means, in words.",
    parts: { Formula: "a = b and c.", "Warm-up": "none.", Cost: "O(1).", Source: "Somebody (1999)." },
  });
});
