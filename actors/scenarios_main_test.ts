import assert from "node:assert/strict";
import { type Anomaly, DEFAULT_MARKET_OPTIONS, MetricOptions, parsePair, TruthLabel } from "./contract/mod.ts";
import { runMarket } from "./evaluation/mod.ts";

async function run(main: string, permission: string, args: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", `-P=${permission}`, main, ...args],
    cwd: new URL("..", import.meta.url),
    stdout: "piped",
    stderr: "piped",
  }).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

const lines = (text: string) => text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));

Deno.test("a market that is written as files holds what evaluation finds in it, and its labels", async () => {
  const out = await Deno.makeTempDir({ prefix: "scenarios-" });
  try {
    const kinds = "crossed,locked,bad-tick,wash-trading";
    const args = [
      "--seed",
      "3",
      "--hours",
      "0.4",
      "--pairs",
      "EURUSD",
      "--kinds",
      kinds,
      "--out",
      out,
      "--no-progress",
    ];
    const written = await run("actors/scenarios_main.ts", "scenarios", args);
    assert.equal(written.code, 0, written.err);
    const labels = lines(await Deno.readTextFile(`${out}/labels.ndjson`)).map((label) => TruthLabel.parse(label));
    assert(labels.length > 0);

    const analyzed = await run("actors/analyze_main.ts", "analyze", ["--no-progress", `${out}/market.ndjson.gz`]);
    assert.equal(analyzed.code, 0, analyzed.err);
    const messages = lines(analyzed.out).filter((message) => "phase" in message) as Anomaly[];
    const found = messages.filter(({ phase }) => phase === "open").map(({ kind, startUs }) => `${kind} ${startUs}`);
    const { ours, cases } = runMarket({
      seed: 3,
      pairs: [parsePair("EURUSD")!],
      hours: 0.4,
      startTimeUs: Date.parse("2024-03-13T14:20:00Z") * 1_000,
      detail: "l3",
      counterparties: true,
      kinds: kinds.split(","),
      quiet: false,
      metrics: MetricOptions.parse({}),
      market: DEFAULT_MARKET_OPTIONS,
    });
    assert.deepEqual(labels, ours.labels);
    assert(found.length > 0);
    assert.deepEqual(found, cases.map(({ kind, startUs }) => `${kind} ${startUs}`));
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});

Deno.test("`scenarios` says which arguments are wrong", async () => {
  const { code, err } = await run("actors/scenarios_main.ts", "scenarios", ["--hours", "99", "--kinds", "nonsense"]);
  assert.equal(code, 2);
  for (const name of ["--out", "--hours", "--kinds nonsense"]) assert(err.includes(name), err);
});
