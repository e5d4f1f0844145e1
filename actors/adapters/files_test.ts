import assert from "node:assert/strict";
import { openFile } from "./files.ts";

Deno.test("openFile() gives the bytes and the size, and closes the file with its stream", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, "hello");
  const read = await openFile(path);
  assert.equal(read.sizeBytes, 5);
  assert.equal(await new Response(read.stream).text(), "hello");
  await (await openFile(path)).stream.cancel();
  await Deno.remove(path);
});

Deno.test("openFile() says why it cannot", async () => {
  await assert.rejects(openFile("/no/such/file"), /there is no such file/);
  await assert.rejects(openFile("/tmp"), /it is a directory/);
});
