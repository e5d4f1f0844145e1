import assert from "node:assert/strict";
import { Arena, enginePackage, UnsupportedPlatformError } from "./_library.ts";

Deno.test("enginePackage() names a platform it has no engine for, and the way out", () => {
  assert.throws(() => enginePackage("plan9-mips"), (error) => {
    assert.ok(error instanceof UnsupportedPlatformError);
    assert.match(error.message, /plan9-mips.*CLICKHOUSE_URL/);
    return true;
  });
});

Deno.test("enginePackage() names a package of this project's import map", async () => {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  assert.ok(Object.keys(imports).includes(enginePackage("linux-x86_64")));
});

Deno.test("Arena lays texts, pointers and lengths out in one buffer", () => {
  using arena = new Arena();
  const texts = [arena.text("a£"), arena.text("")];
  const pointers = arena.pointers(texts);
  const lengths = arena.lengths(texts);
  const numbers = arena.uint32s([7, 8]);
  arena.seal();
  assert.equal(new Deno.UnsafePointerView(texts[0]!.pointer).getCString(), "a£");
  assert.equal(new Deno.UnsafePointerView(texts[1]!.pointer).getCString(), "");
  assert.equal(
    new Deno.UnsafePointerView(pointers.pointer).getBigUint64(8),
    Deno.UnsafePointer.value(texts[1]!.pointer),
  );
  assert.equal(new Deno.UnsafePointerView(lengths.pointer).getBigUint64(), 3n);
  assert.deepEqual([...numbers.uint32s(2)], [7, 8]);
});
