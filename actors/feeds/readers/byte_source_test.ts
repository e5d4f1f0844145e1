import assert from "node:assert/strict";
import { zstdCompressSync } from "node:zlib";
import { zipSync } from "fflate";
import { SourceError } from "../source_error.ts";
import { streamOf } from "../../../tests/support/reader_support.ts";
import { ByteSource } from "./byte_source.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** What a source gives before its end or its error. */
async function read(bytes: Uint8Array, chunkBytes = [1000]) {
  const source = new ByteSource("x", streamOf(bytes, chunkBytes));
  const decoder = new TextDecoder();
  let text = "";
  let error: Error | undefined;
  try {
    for (;;) {
      const chunk = await source.read(() => `${text.length} bytes`);
      if (chunk === undefined) break;
      text += decoder.decode(chunk, { stream: true });
    }
  } catch (thrown) {
    assert(thrown instanceof SourceError, String(thrown));
    error = thrown;
  }
  return { text, error, source };
}

/** Lines that do not compress away, so that cutting their file cuts rows. */
function lines(count: number): string {
  let text = "";
  for (let i = 0, state = 1; i < count; i++) text += `${i},${state = (state * 48_271) % 2_147_483_647}\n`;
  return text;
}

Deno.test("ByteSource.read() reads several zstd frames as one, in any chunks", async () => {
  const [a, b] = [lines(20_000), lines(3)];
  const bytes = new Uint8Array([...zstdCompressSync(encode(a)), ...zstdCompressSync(encode(b))]);
  for (const chunk of [13, 5000, 1 << 20]) {
    const { text, error, source } = await read(bytes, [chunk]);
    assert.equal(error, undefined);
    assert(text === a + b);
    assert.equal(source.bytesRead, bytes.length);
  }
});

Deno.test("ByteSource.read() serves what comes before zstd data is cut off, then says so", async () => {
  const text = lines(100_000);
  const bytes = new Uint8Array(zstdCompressSync(encode(text)));
  for (const broken of [bytes.subarray(0, bytes.length / 2), bytes.subarray(0, bytes.length - 3)]) {
    const { text: served, error } = await read(broken);
    assert.match(error!.message, /^Cannot read x: zstd data is truncated or corrupt, reading stopped after \d+ bytes/);
    assert(served.length > 100_000 && text.startsWith(served.slice(0, 100_000)));
  }
});

Deno.test("ByteSource.read() refuses a zstd frame that asks for too much memory", async () => {
  // A descriptor without a size, and a window of 2^30 bytes.
  const { error } = await read(new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0, 20 << 3, 1, 0, 0]));
  assert.match(error!.message, /zstd: it asks for a window of 1073741824 bytes, at most 134217728/);
});

Deno.test("ByteSource.read() reads the one recording of a zip archive and passes over the notes beside it", async () => {
  const text = lines(30_000);
  for (const level of [0, 6] as const) {
    const bytes = zipSync({ "README.txt": encode("read me"), "dir/ticks.csv": encode(text) }, { level });
    for (const chunk of [777, 1 << 20]) {
      const read_ = await read(bytes, [chunk]);
      assert.equal(read_.error, undefined);
      assert(read_.text === text);
      assert.equal(read_.source.memberName, "dir/ticks.csv");
    }
  }
});

Deno.test("ByteSource.read() says what is wrong with a zip archive", async () => {
  const zipped = zipSync({ "ticks.csv": encode(lines(30_000)) });
  const cut = await read(zipped.subarray(0, zipped.length / 2));
  assert.match(
    cut.error!.message,
    /zip data is truncated or corrupt, reading stopped after \d+ bytes \(unexpected end/,
  );
  assert(cut.text.length > 100_000);
  const several = await read(zipSync({ "a.csv": encode("a"), "b.csv": encode("b") }));
  assert.match(several.error!.message, /zip: it holds several recordings, a\.csv and b\.csv; unpack it first/);
  const none = await read(zipSync({ "README.txt": encode("a") }));
  assert.match(none.error!.message, /zip: it holds no recording/);
});

Deno.test("ByteSource.read() refuses xz and bzip2 by name", async () => {
  const xz = await read(new Uint8Array([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0]));
  assert.match(xz.error!.message, /it is xz data; unpack it first/);
  assert.match((await read(encode("BZh91AY"))).error!.message, /it is bzip2 data/);
});
