import assert from "node:assert/strict";
import { testNats } from "../tests/support/nats.ts";

const ROOT = new URL("..", import.meta.url).pathname;

/** Runs the command with the permissions that its task has. */
async function pairs(args: string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-P=pairs", "--no-lock", "--quiet", "--no-prompt", "actors/pairs_main.ts", ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

Deno.test("pairs shows and changes the register, one line for each pair", async () => {
  await using nats = await testNats();
  const env = { NATS_URL: nats.url };
  const empty = await pairs([], env);
  assert.deepEqual([empty.code, empty.stdout], [0, ""]);
  assert.match(empty.stderr, /No pair is in the register/);

  const added = await pairs(["add", "EURUSD", "xau/usd", "GBP_TRY,EURUSD"], env);
  assert.deepEqual([added.code, added.stdout, added.stderr], [0, "EURUSD  added\nXAUUSD  added\nGBPTRY  added\n", ""]);
  const paused = await pairs(["pause", "GBPTRY", "USDJPY", "EURUSD"], env);
  assert.deepEqual([paused.code, paused.stdout], [2, "GBPTRY  paused\nEURUSD  paused\n"]);
  assert.match(paused.stderr, /^USDJPY is not in the register/);
  assert.equal((await pairs(["add", "GBPTRY"], env)).stdout, "GBPTRY  is there already, paused: resume it\n");
  assert.equal((await pairs(["resume", "EURUSD"], env)).stdout, "EURUSD  active\n");
  assert.equal((await pairs(["resume", "EURUSD"], env)).stdout, "EURUSD  is active already\n");
  assert.equal((await pairs(["remove", "XAUUSD"], env)).stdout, "XAUUSD  removed\n");

  const listed = await pairs(["list"], env);
  assert.deepEqual([listed.code, listed.stdout, listed.stderr], [
    0,
    "EURUSD  active\nGBPTRY  paused\n",
    "2 pairs, 1 paused\n",
  ]);
});

Deno.test("pairs answers 2 to wrong usage, with every wrong word, and changes nothing", async () => {
  await using nats = await testNats();
  const env = { NATS_URL: nats.url };
  const cases: [string[], RegExp][] = [
    [["ad", "EURUSD"], /"ad": expected list, add, pause, resume, remove/],
    [["add"], /add which pairs\?/],
    [["remove", ","], /remove which pairs\?/],
    [["list", "EURUSD"], /list takes no pairs/],
    [["add", "EURUSD", "EURXXX", "EUREUR"], /"EURXXX" is no pair.*\n.*"EUREUR" is no pair/],
    [["options", "EURUSD", "a.json", "b.json"], /one pair and one file, not "b.json" as well/],
    [["options", "EURUSD,USDJPY"], /options takes one pair, not EURUSD, USDJPY/],
    [["--force"], /--force.*see --help/],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await pairs(args, env);
    assert.deepEqual([code, stdout], [2, ""], args.join(" "));
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /at async|file:/);
  }
  assert.equal((await pairs([], env)).stdout, "");
  const wrongUrl = await pairs([], { NATS_URL: "http://x" });
  assert.equal(wrongUrl.code, 2);
  assert.match(wrongUrl.stderr, /NATS_URL "http:\/\/x": expected nats:/);
});

Deno.test("pairs answers 1 with the address where no server is, and helps without one", async () => {
  const away = await pairs(["list"], { NATS_URL: "nats://me:secret@127.0.0.1:1" });
  assert.equal(away.code, 1);
  assert.match(away.stderr, /^Cannot reach nats:\/\/127\.0\.0\.1:1: .*NATS_URL says where the server is\n$/);
  assert.doesNotMatch(away.stderr, /secret/);
  const help = await pairs(["--help"], { NATS_URL: "nats://127.0.0.1:1" });
  assert.equal(help.code, 0);
  assert.match(help.stdout, /Usage: deno task pairs/);
});

Deno.test("pairs shows and sets what the metrics of a pair are computed with", async () => {
  await using nats = await testNats();
  const env = { NATS_URL: nats.url };
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await pairs(["add", "EURUSD"], env);
    const shown = await pairs(["options", "EURUSD"], env);
    assert.equal(JSON.parse(shown.stdout).spread.windowS, 60);
    assert.match(shown.stderr, /EURUSD has no options of its own: .*METRIC_OPTIONS/);
    await Deno.writeTextFile(file, '{"spread": {"windowS": 30}}');
    assert.equal(
      (await pairs(["options", "EURUSD", file], env)).stdout,
      "EURUSD  has other options; its windows begin anew\n",
    );
    assert.equal((await pairs(["options", "EURUSD", file], env)).stdout, "EURUSD  has these options already\n");
    assert.equal(JSON.parse((await pairs(["options", "EURUSD"], env)).stdout).spread.windowS, 30);
    assert.equal((await pairs(["pause", "EURUSD"], env)).stdout, "EURUSD  paused\n");
    assert.equal(JSON.parse((await pairs(["options", "EURUSD"], env)).stdout).spread.windowS, 30);
    await pairs(["options", "EURUSD", "default"], env);
    assert.equal(JSON.parse((await pairs(["options", "EURUSD"], env)).stdout).spread.windowS, 60);

    const missing = await pairs(["options", "USDJPY", file], env);
    assert.deepEqual([missing.code, missing.stdout], [2, ""]);
    await Deno.writeTextFile(file, '{"spread": {"windowS": 0}}');
    const wrong = await pairs(["options", "EURUSD", file], env);
    assert.equal(wrong.code, 2);
    assert(wrong.stderr.includes(`${file}: spread.windowS: `), wrong.stderr);
  } finally {
    await Deno.remove(file);
  }
});
