import assert from "node:assert/strict";
import { METRICS_PAGE, metricsPage, schemaFiles, SCHEMAS_FOLDER } from "./write_schemas.ts";

Deno.test("`docs/schemas` holds the schemas as they are; `deno task schemas` writes them", async () => {
  const written = [...Deno.readDirSync(SCHEMAS_FOLDER)].map(({ name }) => name).sort();
  assert.deepEqual(written, schemaFiles().map(([name]) => name).sort());
  for (const [name, text] of schemaFiles()) {
    assert.deepEqual(JSON.parse(await Deno.readTextFile(new URL(name, SCHEMAS_FOLDER))), JSON.parse(text), name);
  }
});

Deno.test("`docs/METRICS.md` lists every metric as the catalogue has it; `deno task schemas` writes it", async () => {
  const cells = (text: string) =>
    text.split("\n").filter((line) => line.startsWith("| `")).map((line) => line.replaceAll(/\s+/g, " "));
  assert.deepEqual(cells(await Deno.readTextFile(METRICS_PAGE)), cells(metricsPage()));
});
