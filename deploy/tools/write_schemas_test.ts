import assert from "node:assert/strict";
import { schemaFiles, SCHEMAS_FOLDER } from "./write_schemas.ts";

Deno.test("`docs/schemas` holds the schemas as they are; `deno task schemas` writes them", async () => {
  const written = [...Deno.readDirSync(SCHEMAS_FOLDER)].map(({ name }) => name).sort();
  assert.deepEqual(written, schemaFiles().map(([name]) => name).sort());
  for (const [name, text] of schemaFiles()) {
    assert.deepEqual(JSON.parse(await Deno.readTextFile(new URL(name, SCHEMAS_FOLDER))), JSON.parse(text), name);
  }
});
