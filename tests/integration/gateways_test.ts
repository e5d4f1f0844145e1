import assert from "node:assert/strict";
import { connectFramePublisher } from "../../actors/adapters/frame_publisher.ts";
import { parsePair } from "../../actors/contract/mod.ts";
import { PROJECT_ROOT, type RoleProcess, startRole } from "../../deploy/tools/mod.ts";
import { testFrames } from "../support/frames.ts";
import { Stack } from "../support/stack.ts";

const EVENTS = 30_000;
/** Of ten events of `testFrames` seven are levels. */
const LEVELS = (EVENTS * 7) / 10;
const ROUNDS = 4;
const DEADLINE_MS = 60_000;

interface Status {
  archives: { stream: string; connected: boolean; archivedSequence: number }[];
}

/** How a gateway does with MARKET. */
async function market({ ready }: RoleProcess): Promise<Status["archives"][number]> {
  const status = await (await fetch(`${(ready as { url: string }).url}/api/status`)).json() as Status;
  return status.archives.find(({ stream }) => stream === "MARKET")!;
}

Deno.test("gateways archive in turn: the one that does is killed, or stopped, and every row is there once", async () => {
  const pair = parsePair("EURUSD")!;
  await using stack = await Stack.start({ pairs: pair, roles: ["clickhouse"] });
  const start = () =>
    startRole({
      name: "gateway",
      args: ["run", "-q", "-P=gateway", "gateway/main.ts"],
      cwd: PROJECT_ROOT,
      env: { ...stack.env, GATEWAY_PORT: "0" },
      onLine: (line) => stack.log.push(line),
    });
  const gateways = await Promise.all([start(), start()]);
  const publisher = await connectFramePublisher({ natsUrl: stack.nats.url, name: "test" });
  try {
    const frames = testFrames({ pair, eventCount: EVENTS, eventsPerFrame: 50, eventsPerSecond: 1_000 });
    /** The gateway that has archived so far, and goes on. */
    const archiving = async (sequence: number): Promise<RoleProcess> => {
      for (const startMs = performance.now(); performance.now() - startMs < DEADLINE_MS;) {
        for (const gateway of gateways) {
          const { connected, archivedSequence } = await market(gateway);
          if (connected && archivedSequence >= sequence) return gateway;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`nobody archives up to ${sequence}\n${stack.log.slice(-30).join("\n")}`);
    };
    for (let round = 0; round < ROUNDS; round++) {
      const from = Math.floor((frames.length * round) / ROUNDS);
      const to = Math.floor((frames.length * (round + 1)) / ROUNDS);
      const owner = await archiving(from);
      for (let i = from; i < to; i++) await publisher.publish(pair, frames[i]!, `frame-${i}`);
      // It goes while blocks of this round are on their way.
      if (round % 2 === 0) await owner.kill();
      else await owner.stop();
      gateways[gateways.indexOf(owner)] = await start();
    }
    await publisher.drain();
    await archiving(frames.length);
    const query = "SELECT count() AS n, uniqExact(seq, idx) AS distinct_n FROM fx.levels FORMAT JSONEachRow";
    const answer = await (await fetch(stack.clickhouseUrl, { method: "POST", body: query })).json();
    assert.deepEqual([Number(answer.n), Number(answer.distinct_n)], [LEVELS, LEVELS]);
  } finally {
    await publisher.close();
    for (const gateway of gateways) await gateway.kill();
  }
});
