import assert from "node:assert/strict";
import type { PairsAnswer } from "../../actors/contract/mod.ts";
import { PROJECT_ROOT } from "../../deploy/tools/mod.ts";
import { Dev } from "../support/dev.ts";

/** Processes that have a path in their command line. */
async function processesOf(path: string): Promise<string[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-eo", "pid,args"] }).output();
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line.includes(path) && !line.includes("ps -eo"));
}

/** Event time of the oldest quote or trade of EURUSD, once a whole batch is archived. */
async function firstTimeUs(url: string): Promise<number> {
  while (true) {
    const { archives } = await (await fetch(`${url}/api/status`)).json() as {
      archives: { archivedSequence: number }[];
    };
    if (archives[0]!.archivedSequence > 0) {
      const { pairs } = await (await fetch(`${url}/api/pairs`)).json() as PairsAnswer;
      const first = pairs.find(({ pair }) => pair === "EURUSD")?.firstTimeUs;
      if (typeof first === "number") return first;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

Deno.test("`dev` starts everything, stops without a trace, goes on where it ended, and is not outlived when it is killed", async (t) => {
  const dataDir = await Deno.makeTempDir({ prefix: "dev-test-" });
  let first = 0;
  try {
    await t.step("first start: data is there, Ctrl-C leaves no process", async () => {
      await using dev = new Dev(dataDir);
      first = await firstTimeUs(await dev.ready);
      const { code } = await dev.stop();
      assert.equal(code, 0);
      assert.deepEqual(await processesOf(dataDir), []);
    });
    await t.step("second start: the history goes on", async () => {
      await using dev = new Dev(dataDir);
      assert.equal(await firstTimeUs(await dev.ready), first);
      const { code } = await dev.stop("SIGTERM");
      assert.equal(code, 0);
    });
    await t.step("killed: what it started ends too, and the next start works", async () => {
      const killed = new Dev(dataDir);
      await killed.ready;
      await killed[Symbol.asyncDispose]();
      while ((await processesOf(dataDir)).length > 0) await new Promise((resolve) => setTimeout(resolve, 100));
      await using dev = new Dev(dataDir);
      assert.equal(await firstTimeUs(await dev.ready), first);
      await dev.stop();
    });
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

Deno.test("`dev` refuses a configured port that is in use, by name, and stops what it had started", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "dev-test-" });
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = String(taken.addr.port);
  for (const name of ["NATS_PORT", "CLICKHOUSE_PORT", "GATEWAY_PORT"]) {
    await using dev = new Dev(dataDir, { [name]: port });
    await assert.rejects(dev.ready, new RegExp(`${port}.*(in use|listen)|(in use|listen).*${port}`), name);
    const { code } = await dev.end();
    assert.notEqual(code, 0, name);
    assert.deepEqual(await processesOf(dataDir), [], name);
  }
  await Deno.remove(dataDir, { recursive: true });
});

Deno.test("`dev` tells every wrong value at once", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "dev"],
    cwd: PROJECT_ROOT,
    env: { NATS_PORT: "many", CLICKHOUSE_URL: "here", GATEWAY_PORT: "70000", FEED: "all", PAIRS: "X", SIM_RATE: "0" },
    stdout: "null",
    stderr: "piped",
  }).output();
  const text = new TextDecoder().decode(stderr);
  assert.equal(code, 2);
  for (const name of ["NATS_PORT", "CLICKHOUSE_URL", "GATEWAY_PORT"]) {
    assert.match(text, new RegExp(`${name} ".*expected`));
  }
});
