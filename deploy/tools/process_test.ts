import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { LINE_BYTES_MAX } from "./_lines.ts";
import { Beacon } from "./_beacon.ts";
import { type RoleOptions, RoleStartError, startRole } from "./process.ts";

const fixture = fileURLToPath(new URL("./_role_fixture.ts", import.meta.url));

function role(beacon: Beacon, mode: string, options: Partial<RoleOptions> = {}): RoleOptions {
  return { name: "r", args: ["run", "-A", "--no-lock", fixture, "r", mode], env: beacon.env, ...options };
}

Deno.test("`startRole()` resolves with what the role's READY line says", async () => {
  using beacon = new Beacon();
  const lines: string[] = [];
  const process = await startRole(role(beacon, "ok", { onLine: (line) => lines.push(line) }));
  assert.deepEqual(process.ready, { name: "r" });
  assert.equal((await beacon.next("r")).pid, process.pid);
  await process.stop();
  assert.deepEqual(await process.exited, await process.stop());
  assert.equal((await process.exited).code, 0);
  assert.deepEqual(lines, ["r says hello", "r got SIGTERM"]);
});

Deno.test("`startRole()` rejects with the last lines of a role that ends before it is ready", async () => {
  using beacon = new Beacon();
  await assert.rejects(startRole(role(beacon, "dies")), (error) => {
    assert.ok(error instanceof RoleStartError);
    assert.equal(error.role, "r");
    assert.deepEqual(error.log, ["cannot open the door"]);
    assert.match(error.message, /^r ended with code 3 before it was ready\n {2}cannot open the door$/);
    return true;
  });
});

Deno.test("`startRole()` leaves no process when the role is late, talks nonsense or is given up", async () => {
  using beacon = new Beacon();
  await assert.rejects(startRole(role(beacon, "nonsense")), RoleStartError);
  await (await beacon.next("r")).gone;

  const given = new AbortController();
  const abandoned = startRole(role(beacon, "late", { signal: given.signal }));
  const sighting = await beacon.next("r");
  given.abort();
  await assert.rejects(abandoned, { name: "AbortError" });
  await sighting.gone;

  await assert.rejects(startRole(role(beacon, "late", { readyTimeoutMs: 1 })), RoleStartError);
});

Deno.test("`startRole()` rejects when there is no such program", async () => {
  using beacon = new Beacon();
  await assert.rejects(startRole(role(beacon, "ok", { command: "/no/such/program" })), Deno.errors.NotFound);
});

Deno.test("`RoleProcess.stop()` kills a role that does not end in time", async () => {
  using beacon = new Beacon();
  const process = await startRole(role(beacon, "stubborn", { stopTimeoutMs: 50 }));
  await process.stop();
  assert.equal((await process.exited).signal, "SIGKILL");
});

Deno.test("`startRole()` cuts a line that is too long and goes on", async () => {
  using beacon = new Beacon();
  const lines: string[] = [];
  const process = await startRole(role(beacon, "long", { onLine: (line) => lines.push(line) }));
  await process.stop();
  assert.equal(lines[1], `${"x".repeat(LINE_BYTES_MAX)}… (${100_000 - LINE_BYTES_MAX} bytes dropped)`);
  assert.equal(lines[2], "r got SIGTERM");
});

Deno.test("`exitWithParent()` ends a role whose stdin ends", async () => {
  using beacon = new Beacon();
  const child = new Deno.Command(Deno.execPath(), {
    args: [...role(beacon, "ok").args, "--exit-with-parent"],
    env: beacon.env,
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const sighting = await beacon.next("r");
  await child.stdin.close();
  await sighting.gone;
  assert.equal((await child.status).code, 0);
});
