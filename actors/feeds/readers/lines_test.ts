import assert from "node:assert/strict";
import fc from "fast-check";
import { SourceError } from "../source_error.ts";
import { gzip, streamOf } from "../../../tests/support/reader_support.ts";
import { LINE_BYTES_MAX, LineSource } from "./lines.ts";

const encode = (text: string) => new TextEncoder().encode(text);

async function linesOf(bytes: Uint8Array, chunkBytes?: readonly number[], peek = false) {
  const source = new LineSource("test.csv", streamOf(bytes, chunkBytes));
  const lines: string[] = [];
  if (peek) await source.peek(3);
  do while (source.next()) lines.push(source.tooLong ? "(too long)" : source.text()); while (await source.fill());
  assert.equal(source.next(), false);
  assert.equal(await source.fill(), false);
  return lines;
}

const whole = (text: string) => {
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  if (lines.at(-1) === "" && (text.endsWith("\n") || text === "")) lines.pop();
  return lines;
};

Deno.test("LineSource gives the lines of any text in any chunks", async () => {
  const text = fc.array(fc.constantFrom("a", "ü", "\n", "\r\n", "1.5,", "")).map((parts) => parts.join(""));
  const chunks = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
  await fc.assert(fc.asyncProperty(text, chunks, fc.boolean(), fc.boolean(), async (text, chunkBytes, zipped, peek) => {
    const bytes = zipped ? await gzip(encode(text)) : encode(text);
    assert.deepEqual(await linesOf(bytes, chunkBytes, peek), whole(text));
  }));
});

Deno.test("LineSource takes off a byte order mark, also inside gzip and cut into single bytes", async () => {
  const bytes = encode("\ufefftime,bid\n1,2");
  const expected = ["time,bid", "1,2"];
  assert.deepEqual(await linesOf(bytes), expected);
  assert.deepEqual(await linesOf(bytes, [1]), expected);
  assert.deepEqual(await linesOf(await gzip(bytes), [1]), expected);
});

Deno.test("LineSource passes over a line beyond its limit and leaves its neighbours alone", async () => {
  for (const length of [LINE_BYTES_MAX + 1, 10 * LINE_BYTES_MAX]) {
    for (const chunkBytes of [[1000], [LINE_BYTES_MAX], [1 << 20]]) {
      const lines = await linesOf(encode(`before\n${"x".repeat(length)}\nafter\n${"y".repeat(length)}`), chunkBytes);
      assert.deepEqual(lines, ["before", "(too long)", "after", "(too long)"]);
    }
  }
  assert.deepEqual(await linesOf(encode("x".repeat(LINE_BYTES_MAX))), ["x".repeat(LINE_BYTES_MAX)]);
});

Deno.test("LineSource holds no more than a chunk and a line", async () => {
  let chunks = 2000;
  const chunk = encode(`${"x".repeat(99)}\n`.repeat(600) + "x".repeat(17));
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => chunks-- > 0 ? controller.enqueue(chunk) : controller.close(),
  });
  const source = new LineSource("big.csv", stream);
  do while (source.next()); while (await source.fill());
  assert.equal(source.bytesRead, 2000 * chunk.length);
  assert(source.bytes.length < 1 << 18, `${source.bytes.length} bytes`);
});

Deno.test("LineSource reads every member of a gzip file that was put together from several", async () => {
  const members = await Promise.all(["a\nb\n", "c\n", "d"].map((text) => gzip(encode(text))));
  const bytes = new Uint8Array(await new Blob(members as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  for (const chunk of [1, 13, 100_000]) assert.deepEqual(await linesOf(bytes, [chunk]), ["a", "b", "c", "d"]);
});

Deno.test("LineSource serves the rows before truncated gzip breaks off, then says so", async () => {
  let text = "";
  for (let i = 0; i < 50_000; i++) text += `${i},${(i * 7919) % 10_007}\n`;
  const zipped = await gzip(encode(text));
  for (const share of [0.01, 0.5, 0.99]) {
    const source = new LineSource(
      "cut.csv.gz",
      streamOf(zipped.subarray(0, Math.floor(zipped.length * share)), [5000]),
    );
    const lines: string[] = [];
    await source.peek(10).catch(() => {});
    await assert.rejects(
      async () => {
        do while (source.next()) lines.push(source.text()); while (await source.fill());
      },
      (error: Error) =>
        error instanceof SourceError && /cut\.csv\.gz: gzip data is truncated or corrupt/.test(error.message),
    );
    assert.deepEqual(lines, text.split("\n").slice(0, lines.length));
    if (share > 0.4) assert(lines.length > 50_000 * share - 20_000, `${lines.length} lines at ${share}`);
  }
});

Deno.test("LineSource refuses UTF-16 by name", async () => {
  await assert.rejects(linesOf(new Uint8Array([0xff, 0xfe, 0x61, 0])), /it is UTF-16 text/);
});

Deno.test("LineSource neither throws nor hangs on random bytes", async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
    try {
      await linesOf(bytes, [7]);
    } catch (error) {
      assert(error instanceof SourceError, String(error));
    }
  }));
});
