import assert from "node:assert/strict";
import { type Pair, parsePair } from "../../actors/contract/mod.ts";
import { type ChaosOptions, type ChaosResult, runChaos } from "./chaos.ts";
import { compare, type StoredSample } from "./check.ts";
import { summary } from "./summary.ts";

/** Run, and leave what the processes said where something is wrong. Timings are told by the task, and judged by nobody here. */
async function survives(options: ChaosOptions): Promise<ChaosResult> {
  const lines: string[] = [];
  let isGood = false;
  try {
    const result = await runChaos({ ...options, lines });
    assert.equal(result.violations.length, 0, summary(result));
    assert.equal(result.deadCount, 0, "a frame was set aside");
    isGood = true;
    return result;
  } finally {
    if (!isGood) {
      const path = await Deno.makeTempFile({ prefix: `chaos-${options.seed}-`, suffix: ".log" });
      await Deno.writeTextFile(path, lines.join("\n"));
      console.error(`seed ${options.seed}, what the processes said: ${path}`);
    }
  }
}

Deno.test("three nodes are killed, moved and cut off from a server that dies, and publish what an undisturbed fold emits", async () => {
  const { history, eventCount } = await survives({ seed: 11, seconds: 24, eventsPerSecond: 20_000, cluster: false });
  const ends = history.lives.map(({ end }) => end);
  assert(ends.includes("kill") && ends.includes("stop"));
  assert(eventCount > 24 * 20_000 / 2);
});

Deno.test("three nodes on three servers, one of which is killed under load, lose nothing and publish nothing twice", async () => {
  const { history } = await survives({
    seed: 12,
    seconds: 20,
    eventsPerSecond: 6_000,
    cluster: true,
    without: ["kills", "moves"],
  });
  assert(history.lives.some(({ end }) => end === "kill"));
});

Deno.test("`compare()` tells a sample that is missing, is there twice, is another one, or has changed places", () => {
  const pair: Pair = parsePair("EURUSD")!;
  const closedBy = { sequence: 1, storedMs: 0 };
  const sample = (payload: string) => ({ messageId: `id-${payload}`, payload, closedBy });
  const [a, b, c] = [sample("a"), sample("b"), sample("c")];
  const told = (stored: readonly Omit<StoredSample, "storedMs">[]) =>
    compare(
      new Map([[pair, { samples: [a, b, c], cases: new Map(), frames: [] }]]),
      new Map([[pair, stored.map((one) => ({ ...one, storedMs: 0 }))]]),
    );
  assert.deepEqual(told([a, b, c]), []);
  for (const wrong of [[], [a, b], [a, c], [a, b, b, c], [b, a, c], [a, { ...b, payload: "B" }, c], [a, b, c, c]]) {
    assert.notDeepEqual(told(wrong), [], JSON.stringify(wrong));
  }
});
