import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { testNats } from "../tests/support/nats.ts";
import { probeDisk, probePort } from "./_doctor_probes.ts";
import { probeClickHouse, probeNats } from "./_doctor_servers.ts";
import { type Diagnosis, examine, formatDiagnosis } from "./doctor.ts";

const signal = new AbortController().signal;

function context(variables: Record<string, string> = {}) {
  return { env: (name: string) => variables[name], fetch: false, signal };
}

Deno.test("`examine()` reports a probe that fails or never answers, and judges by what is missing", async () => {
  const diagnosis = await examine({
    timeoutMs: 20,
    probes: {
      good: async () => ({ name: "good", status: "ok", found: "1.0" }),
      silent: () => new Promise(() => {}),
      broken: () => Promise.reject(new Error("no hands")),
    },
  });
  assert.deepEqual(diagnosis, {
    canRun: true,
    findings: [
      { name: "good", status: "ok", found: "1.0" },
      { name: "silent", status: "note", found: "no answer in 20 ms" },
      { name: "broken", status: "note", found: "cannot tell: no hands" },
    ],
  });
  const bad = await examine({ probes: { bad: async () => ({ name: "bad", status: "missing", found: "none" }) } });
  assert.equal(bad.canRun, false);
});

Deno.test("`formatDiagnosis()` lines up names and hangs advice below", () => {
  const text = formatDiagnosis({
    canRun: false,
    findings: [
      { name: "Deno", status: "ok", found: "2.9.6" },
      { name: "nats-server", status: "missing", found: "none", advice: ["get one"] },
    ],
  });
  assert.deepEqual(text.split("\n"), [
    "ok    Deno         2.9.6",
    "MISS  nats-server  none",
    "                   - get one",
    "",
    "`deno task dev` cannot run: see MISS above.",
  ]);
});

Deno.test("`probePort()` tells a free port from one in use, one that is none, and one not needed", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = String(listener.addr.port);
  const status = async (env: Record<string, string>) => (await probePort("X_PORT", 1, "X_URL", context(env))).status;
  assert.equal(await status({ X_PORT: port }), "missing");
  // A port that nobody asked for is only preferred.
  assert.equal((await probePort("X_PORT", Number(port), undefined, context({}))).status, "note");
  assert.equal(await status({ X_PORT: port, X_URL: "x://elsewhere" }), "ok");
  assert.equal(await status({ X_PORT: "eighty" }), "missing");
  assert.equal(await status({ X_PORT: "70000" }), "missing");
  listener.close();
  assert.equal(await status({ X_PORT: port }), "ok");
});

Deno.test("`probeNats()` asks the server of NATS_URL", async () => {
  let url: string;
  {
    await using nats = await testNats();
    url = nats.url;
    const finding = await probeNats(context({ NATS_URL: url }));
    assert.equal(finding.status, "ok");
    assert.match(finding.found, /^\d+\.\d+\.\d+ at 127\.0\.0\.1:\d+ \(NATS_URL\)$/);
  }
  const finding = await probeNats(context({ NATS_URL: url }));
  assert.equal(finding.status, "missing");
  assert.match(finding.advice!.join(), /unset NATS_URL/);
});

Deno.test({
  name: "`probeNats()` names a server that is too old",
  ignore: Deno.build.os === "windows",
  async fn() {
    const dir = await Deno.makeTempDir();
    const old = join(dir, "nats-server");
    await Deno.writeTextFile(old, "#!/bin/sh\necho 'nats-server: v2.9.0'\n");
    await Deno.chmod(old, 0o755);
    const finding = await probeNats(context({ NATS_SERVER_BIN: old, FXMM_CACHE_DIR: join(dir, "cache") }));
    assert.notEqual(finding.status, "ok");
    assert.match(finding.advice!.join("\n"), /2\.9\.0 is too old/);
    await Deno.remove(dir, { recursive: true });
  },
});

Deno.test("`probeClickHouse()` asks the server of CLICKHOUSE_URL with the user's credentials", async () => {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const known = request.headers.get("X-ClickHouse-User") === "fx" &&
      request.headers.get("X-ClickHouse-Key") === "secret" &&
      new URL(request.url).searchParams.get("query") === "SELECT version()";
    return known ? new Response("25.8.1.2\n") : new Response("Authentication failed", { status: 403 });
  });
  const host = `127.0.0.1:${server.addr.port}`;
  const inUrl = await probeClickHouse(context({ CLICKHOUSE_URL: `http://fx:secret@${host}/fx` }));
  assert.deepEqual(inUrl, { name: "ClickHouse", status: "ok", found: `25.8.1.2 at ${host} (CLICKHOUSE_URL)` });
  const inEnv = { CLICKHOUSE_URL: `http://${host}/fx`, CLICKHOUSE_USER: "fx", CLICKHOUSE_PASSWORD: "secret" };
  assert.equal((await probeClickHouse(context(inEnv))).status, "ok");
  const refused = await probeClickHouse(context({ CLICKHOUSE_URL: `http://${host}/fx` }));
  assert.equal(refused.status, "missing");
  assert.match(refused.found, /403: Authentication failed/);
  await server.shutdown();
  const gone = await probeClickHouse(context({ CLICKHOUSE_URL: `http://${host}/fx` }));
  assert.equal(gone.status, "missing");
});

Deno.test("`probeDisk()` measures the disk of a DATA_DIR that is not there yet", async () => {
  const dir = await Deno.makeTempDir();
  const finding = await probeDisk(context({ DATA_DIR: join(dir, "a/b/c") }));
  assert.match(finding.found, /GiB free at .*\/a\/b\/c$/);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("`doctor` ends with 1 when `dev` cannot run, and says why as JSON", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", fileURLToPath(new URL("./doctor.ts", import.meta.url)), "--json"],
    env: { GATEWAY_PORT: String(listener.addr.port) },
    stderr: "inherit",
  }).output();
  const diagnosis: Diagnosis = JSON.parse(new TextDecoder().decode(stdout));
  assert.equal(code, 1);
  assert.equal(diagnosis.canRun, false);
  const missing = diagnosis.findings.filter((finding) => finding.status === "missing");
  assert.ok(missing.some((finding) => finding.name === "port GATEWAY_PORT" && /in use/.test(finding.found)));
});
