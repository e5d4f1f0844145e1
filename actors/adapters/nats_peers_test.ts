import assert from "node:assert/strict";
import { testNats } from "../../tests/support/nats.ts";
import { peerSubject } from "../contract/mod.ts";
import { systemClock } from "./clock.ts";
import { connectNats } from "./nats.ts";
import { NatsPeers } from "./nats_peers.ts";

/** A server takes a moment to see a closed connection, and a machine under load may lose a question to the time it has. */
const ATTEMPT_COUNT_MAX = 200;
const PAUSE_MS = 25;

async function answerBecomes(
  peers: NatsPeers,
  id: string,
  answer: Awaited<ReturnType<NatsPeers["ask"]>>,
): Promise<void> {
  for (let attempt = 1; attempt < ATTEMPT_COUNT_MAX && await peers.ask(id) !== answer; attempt++) {
    await systemClock.sleep(PAUSE_MS);
  }
  assert.equal(await peers.ask(id), answer);
}

Deno.test("`NatsPeers` tells apart who answers, who is gone, and who is silent", async () => {
  await using nats = await testNats();
  const [asking, answering, mute] = await Promise.all(
    ["asking", "answering", "mute"].map((name) => connectNats({ url: nats.url, name })),
  );
  const peers = new NatsPeers(asking!);
  const stop = new AbortController();
  new NatsPeers(answering!).answer("s1", stop.signal);
  mute!.subscribe(peerSubject("s2"), { callback: () => {} });
  await Promise.all([answering!.flush(), mute!.flush()]);
  assert.equal(await peers.ask("s1"), "alive");
  assert.equal(await peers.ask("s2"), "silent");
  assert.equal(await peers.ask("nobody"), "gone");
  await mute!.close();
  await answerBecomes(peers, "s2", "gone");

  // Who asks does not take its own outage for the end of all others.
  await nats.server.stop();
  assert.equal(await peers.ask("s1"), "silent");
  await nats.restart();
  await answerBecomes(peers, "s1", "alive");
  stop.abort();
  await answering!.flush();
  await answerBecomes(peers, "s1", "gone");
  for (const nc of [asking!, answering!]) await nc.close();
});

const CHILD = `
import { connectNats } from "${import.meta.resolve("./nats.ts")}";
import { NatsPeers } from "${import.meta.resolve("./nats_peers.ts")}";
const nc = await connectNats({ url: Deno.args[0], name: "child" });
new NatsPeers(nc).answer("child", new AbortController().signal);
await nc.flush();
console.log("ready");
`;

Deno.test("`NatsPeers` finds a process that stands still silent, and one that is killed gone at once", async () => {
  await using nats = await testNats();
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(file, CHILD);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-q",
      "-A",
      "--no-lock",
      "--config",
      new URL("../../deno.json", import.meta.url).pathname,
      file,
      nats.url,
    ],
    stdout: "piped",
  }).spawn();
  const nc = await connectNats({ url: nats.url, name: "asking" });
  try {
    const output = child.stdout.getReader();
    await output.read();
    await output.cancel();
    const peers = new NatsPeers(nc);
    assert.equal(await peers.ask("child"), "alive");
    child.kill("SIGSTOP");
    assert.equal(await peers.ask("child"), "silent");
    child.kill("SIGCONT");
    assert.equal(await peers.ask("child"), "alive");
    child.kill("SIGKILL");
    await child.status;
    await answerBecomes(peers, "child", "gone");
  } finally {
    await nc.close();
    await Deno.remove(file);
  }
});
