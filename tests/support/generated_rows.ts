/**
 * Plays rows that are made as they are asked for, more than 200 MB, as one file and as two merged, and tells the memory it took as
 * JSON. A program of its own, so that a test can run it with a heap too small to hold a file.
 *
 * @module
 */
import { replay } from "../../actors/feeds/mod.ts";
import { FakeClock } from "./feed_ports.ts";

const START_MS = 1_549_238_400_000;
const encoder = new TextEncoder();
let readBytes = 0;

function rows(fileBytes: number): ReadableStream<Uint8Array> {
  let ms = START_MS;
  let left = fileBytes;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (left <= 0) return controller.close();
      let text = ms === START_MS ? "time,bid,ask\n" : "";
      for (let i = 0; i < 2000; i++) text += `${ms += 3},1.14551,1.1455${4 + i % 5}\n`;
      left -= text.length;
      readBytes += text.length;
      controller.enqueue(encoder.encode(text));
    },
  }, { highWaterMark: 0 });
}

async function play(fileBytes: number, paths: string[]): Promise<void> {
  const { rejected } = await replay(paths, {
    openFile: async () => ({ stream: rows(fileBytes), sizeBytes: fileBytes }),
    outlet: { publish: () => Promise.resolve(), drain: () => Promise.resolve() },
    clock: new FakeClock(1_700_000_000_000_000),
    runId: "r",
    merge: true,
  });
  if (rejected.total > 0) throw new Error(`${rejected.total} rows are refused`);
}

if (import.meta.main) {
  const factor = Number(Deno.args[0] ?? 1);
  await play(20e6, ["EURUSD.csv"]);
  const before = Deno.memoryUsage().rss;
  readBytes = 0;
  await play(110e6 * factor, ["EURUSD.csv"]);
  await play(55e6 * factor, ["EURUSD.csv", "b/EURUSD.csv"]);
  console.log(
    JSON.stringify({ readBytes, rssBytes: Deno.memoryUsage().rss, grownBytes: Deno.memoryUsage().rss - before }),
  );
}
