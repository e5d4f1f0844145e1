import assert from "node:assert/strict";
import { readLines } from "./_lines.ts";

async function lines(chunks: string[], bytesMax?: number): Promise<string[]> {
  const stream = ReadableStream.from(chunks).pipeThrough(new TextEncoderStream());
  return await Array.fromAsync(readLines(stream, bytesMax));
}

Deno.test("`readLines()` joins chunks and gives the last line without an end", async () => {
  assert.deepEqual(await lines(["on", "e\r\ntwo\n\nth", "ree"]), ["one", "two", "", "three"]);
  assert.deepEqual(await lines([]), []);
  assert.deepEqual(await lines(["a\n"]), ["a"]);
});

Deno.test("`readLines()` joins a character that chunks split", async () => {
  const bytes = new TextEncoder().encode("a€b\n");
  const stream = ReadableStream.from([bytes.subarray(0, 2), bytes.subarray(2)]);
  assert.deepEqual(await Array.fromAsync(readLines(stream)), ["a€b"]);
});

Deno.test("`readLines()` cuts a line at its limit, says how much is lost, and goes on with the next", async () => {
  assert.deepEqual(await lines(["abcdef", "ghij\nkl\nmnopq"], 4), [
    "abcd… (6 bytes dropped)",
    "kl",
    "mnop… (1 bytes dropped)",
  ]);
  assert.deepEqual(await lines(["abcd\n"], 4), ["abcd"]);
});
