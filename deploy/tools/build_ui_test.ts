import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { buildUi, SCRIPT_GZIP_BYTES_MAX } from "./build_ui.ts";

Deno.test("`buildUi()` makes a page of hashed assets, and does nothing while no source changes", async () => {
  const outDir = await Deno.makeTempDir({ prefix: "fxmm-build-ui-test-" });
  try {
    const first = await buildUi({ outDir, lock: false });
    strictEqual(first.built, true);
    const page = await Deno.readTextFile(join(outDir, "index.html"));
    match(page, /<title>FX Microstructure Monitor<\/title>/);
    for (const [, name] of page.matchAll(/(?:src|href)="([^"]+)"/g)) {
      match(name!, /^(app|favicon)-[0-9a-f]{10}\.(js|css|svg)$/);
      ok((await Deno.stat(join(outDir, name!))).isFile, name);
    }
    const script = first.assets.find(({ name }) => name.endsWith(".js"))!;
    ok(script.gzipBytes <= SCRIPT_GZIP_BYTES_MAX);
    ok(!(await Deno.readTextFile(join(outDir, script.name))).includes("ZodError"), "zod is no part of the page");

    const second = await buildUi({ outDir, lock: false });
    strictEqual(second.built, false);
    deepStrictEqual(second.assets, first.assets);

    await Deno.remove(join(outDir, script.name));
    strictEqual((await buildUi({ outDir, lock: false })).built, true, "an asset that is gone is made again");
  } finally {
    await Deno.remove(outDir, { recursive: true });
  }
});
