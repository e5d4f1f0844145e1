import assert from "node:assert/strict";
import { compareVersions, probeNatsServer } from "./_nats_version.ts";

Deno.test("`compareVersions()` orders by number, and a pre-release before its release", () => {
  const ordered = ["2.9.25", "2.10.0", "2.11.0-RC.1", "2.11.0-preview", "2.11.0", "2.11.1", "2.100.0", "10.0.0"];
  assert.deepEqual(ordered.toReversed().sort(compareVersions), ordered);
  assert.equal(compareVersions("2.11.0", "2.11.0"), 0);
});

Deno.test("`probeNatsServer()` says what is wrong with a file", async () => {
  const dir = await Deno.makeTempDir();
  const text = `${dir}/text`;
  await Deno.writeTextFile(text, "hello");
  assert.match((await probeNatsServer(`${dir}/missing`)).problem!, /no such file/);
  assert.match((await probeNatsServer(text)).problem!, /cannot be run/);
  assert.match((await probeNatsServer(dir)).problem!, /cannot be run/);
  assert.match((await probeNatsServer(Deno.execPath())).problem!, /is no nats-server/);
  await Deno.remove(dir, { recursive: true });
});

Deno.test({
  name: "`probeNatsServer()` does not wait for a program that never answers, nor for its children",
  ignore: Deno.build.os === "windows",
  async fn() {
    const dir = await Deno.makeTempDir();
    const path = `${dir}/nats-server`;
    await Deno.writeTextFile(path, "#!/bin/sh\nsleep 3\n");
    await Deno.chmod(path, 0o755);
    assert.match((await probeNatsServer(path, { timeoutMs: 100 })).problem!, /within 100 ms/);
    await Deno.remove(dir, { recursive: true });
  },
});
