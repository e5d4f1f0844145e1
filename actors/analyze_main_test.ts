import assert from "node:assert/strict";
import { MarketSample, MetricSample } from "./contract/mod.ts";

const MAIN = new URL("analyze_main.ts", import.meta.url).pathname;

async function analyze(args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", "--quiet", MAIN, ...args],
    stdin: "null",
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

async function recording(name: string, rows: number) {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/${name}`;
  let text = "time,bid,ask,bid_size,ask_size\n";
  for (let i = 0; i < rows; i++) {
    text += `${1_549_238_400_000 + i * 50},1.1${1000 + i % 50},1.1${1060 + i % 50},1e6,2e6\n`;
  }
  await Deno.writeTextFile(path, `${text}broken\n`);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }) };
}

Deno.test("analyze prints the samples of a recording as JSON lines and a summary, the same in every run", async () => {
  await using file = await recording("EURUSD.csv", 2_000);
  const [one, other] = await Promise.all([analyze([file.path]), analyze([file.path, "--no-progress"])]);
  assert.equal(one.code, 0, one.stderr);
  const lines = one.stdout.trimEnd().split("\n");
  assert(lines.length > 300, `${lines.length} lines`);
  for (const line of lines) MetricSample.or(MarketSample).parse(JSON.parse(line));
  assert.equal(one.stdout, other.stdout);
  assert.match(one.stderr, /2,001 rows, 2,000 events/);
  assert.match(one.stderr, /1 column-missing \(line 2002: /);
  assert.match(one.stderr, /EUR\/USD: \d+ samples and anomalies, last bid 1\.11049 ask 1\.11109 mid 1\.110790/);
});

Deno.test("analyze prints a table by pair and hour, with other options where it is told", async () => {
  await using file = await recording("EURUSD.csv", 40_000);
  const options = `${file.path}.json`;
  await Deno.writeTextFile(options, '{"spread": {"windowS": 10}}');
  const [table, other, wrong] = await Promise.all([
    analyze(["--hours", file.path]),
    analyze(["--hours", "--options", options, file.path]),
    analyze(["--options", `${file.path}.none`, file.path]),
  ]);
  assert.equal(table.code, 0, table.stderr);
  assert.match(table.stdout, /^\| pair \| hour, UTC \| sessions \| book events\/s \|/);
  assert.match(table.stdout, /\| EUR\/USD \| 2019-02-04 00 \| sydney \+ tokyo \| 20 \|/);
  assert.equal(other.code, 0, other.stderr);
  assert.equal(wrong.code, 2);
  assert(wrong.stderr.includes(`${file.path}.none`), wrong.stderr);
});

Deno.test("analyze prints what other options would have changed", async () => {
  await using file = await recording("EURUSD.csv", 40_000);
  // A wide spread for a second, long after what is usual is known.
  const lines = (await Deno.readTextFile(file.path)).trimEnd().split("\n").slice(0, -1);
  for (let i = 36_000; i < 36_040; i++) lines[i] = lines[i]!.replace(/,1\.1(\d+),1\.1(\d+),/, ",1.09$1,1.11$2,");
  await Deno.writeTextFile(file.path, lines.join("\n"));
  const options = `${file.path}.json`;
  await Deno.writeTextFile(options, '{"detection": {"spreadBlowout": {"enabled": false}}}');
  const [same, fewer] = await Promise.all([
    analyze(["--against", options, "--options", options, file.path]),
    analyze(["--against", options, file.path]),
  ]);
  assert.equal(fewer.code, 0, fewer.stderr);
  assert.match(same.stdout, / 0 gained, 0 lost, 0 changed; /);
  assert.match(fewer.stdout, / 0 gained, 1 lost, 0 changed; /);
  assert.match(fewer.stdout, /\| spread-blowout \| 0 \| 0 \| 0 \| 1 \| 43\.2 \| 0\.0 \|/);
  assert.match(fewer.stdout, /Lost:\n\n- 2019-02-04T00:30:0\S+ EURUSD spread-blowout: /);
});

Deno.test("analyze ends quietly where its reader goes away", async () => {
  await using file = await recording("EURUSD.csv", 40_000);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", "--quiet", MAIN, "--no-progress", file.path],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  const stderr = await new Response(child.stderr).text();
  assert.equal((await child.status).code, 0, stderr);
  assert.doesNotMatch(stderr, /BrokenPipe|EPIPE|at async/);
});

Deno.test("analyze answers 2 to wrong usage, 1 where nothing can be read, 0 to --help", async () => {
  const [usage, missing, help] = await Promise.all([
    analyze(["--pair", "XX", "a.csv"]),
    analyze(["/no/such.csv"]),
    analyze(["--help"]),
  ]);
  assert.equal(usage.code, 2);
  assert.match(usage.stderr, /--pair "XX"/);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /Cannot read \/no\/such\.csv: there is no such file/);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /Usage: deno task analyze/);
});
