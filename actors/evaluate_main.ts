/**
 * Evaluates the detectors on simulated markets with planted cases and hard negatives, or folds the same markets with another
 * configuration and says what would have changed.
 *
 * Each seed is a market of its own, folded by the actors of the live system. Thresholds were chosen on seeds below 1,000; what is
 * reported is of seeds above. Status: 0 done, 2 wrong usage.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { progressLineOf, readText, runCommand } from "./adapters/command.ts";
import {
  ConfigError,
  DEFAULT_MARKET_OPTIONS,
  MetricOptions,
  pairList,
  parseTimeUs,
  readMetricOptions,
  US_PER_SECOND,
} from "./contract/mod.ts";
import {
  compare,
  comparisonText,
  type Evaluation,
  forestTable,
  type MarketRun,
  type MarketRunOptions,
  merged,
  readLabelledSet,
  reportOf,
} from "./evaluation/mod.ts";
import { SCENARIO_KINDS } from "./feeds/mod.ts";
import { runMarkets } from "./market_runs.ts";

const HELP = `Evaluate the detectors on simulated markets: precision, recall, F1, delay, false alerts per pair-hour.

Usage: deno task evaluate [options]

  --seeds A-B      markets to simulate; those below 1000 were used for tuning        [1001-1006]
  --hours N        length of each                                                    [2]
                   nothing is planted in the first 15 minutes and the last 6
  --pairs LIST     pairs of each                                                     [EURUSD,USDJPY,EURJPY]
  --detail NAME    what the feed gives: l1, l2, l3                                   [l3]
  --start TIME     when they begin; the fix in London lies in the default            [2024-03-13T14:20:00Z]
  --kinds LIST     what is planted                                                   [everything]
  --no-owners      trades do not say who bought and who sold
  --options FILE   what the detectors run with, as JSON (the options of a pair)
  --against FILE   another configuration: prints the cases gained and lost, and alerts a day
  --jobs N         markets at a time, each in a thread                               [as many as cores]
  --forests FILES  the forests on labelled sets instead: CSV files, gzipped or not, the label (0 or 1) last
  --json           the judged cases as JSON lines, in place of the tables
  --no-progress    no progress on standard error
  --help           this text`;

/** A simulated market has no yesterday to take the size of its volume buckets from. */
const SIMULATED = { toxicity: { bucketSize: 5_000_000 } };

/** Seeds of the forests on labelled sets. */
const FOREST_SEEDS = [1, 2, 3, 4, 5];
/** Threads that one command may start. */
const JOBS_MAX = 256;

interface Progress {
  done: number;
  all: number;
}

await runCommand(HELP, async (command) => {
  const args = readArgs(command.args);
  if (args.forests !== undefined) {
    const sets = await Promise.all(args.forests.map(async (path) => {
      const name = path.replace(/^.*\//, "").replace(/\.csv(\.gz)?$/, "");
      return readLabelledSet(name, await readText(path));
    }));
    console.log(forestTable(sets, FOREST_SEEDS));
    return 0;
  }
  const metrics = args.options === undefined
    ? MetricOptions.parse(SIMULATED)
    : readMetricOptions(await readText(args.options), args.options);
  const other = args.against === undefined ? undefined : readMetricOptions(await readText(args.against), args.against);
  const progress = progressLineOf(({ done, all }: Progress) => `${done} of ${all} markets`, { wanted: args.progress });
  const { pairs, hours, detail, startTimeUs, kinds, counterparties } = args;
  const markets = args.seeds.flatMap((seed) =>
    [false, true].map((quiet): MarketRunOptions => ({
      pairs,
      hours,
      detail,
      startTimeUs,
      kinds,
      counterparties,
      seed,
      quiet,
      metrics,
      market: DEFAULT_MARKET_OPTIONS,
      ...(other !== undefined && { other: { metrics: other, market: DEFAULT_MARKET_OPTIONS } }),
    }))
  );
  const runs = await runMarkets(markets, {
    jobs: args.jobs,
    signal: command.signal,
    onDone: (done) => progress.show?.({ done, all: markets.length }),
  });
  progress.end();
  if (args.json) {
    for (const { ours } of runs) for (const judged of ours.judged) console.log(JSON.stringify(judged));
  } else if (other === undefined) console.log(reportOf(evaluationOf(runs)));
  else {
    const pairHours = runs.reduce((sum, { ours }) => sum + ours.pairHours, 0);
    console.log(comparisonText(merged(runs.map((run) => compare(run.cases, run.otherCases))), pairHours));
  }
  return 0;
});

function evaluationOf(runs: readonly MarketRun[]): Evaluation {
  const of = (wanted: boolean) => runs.filter(({ quiet }) => quiet === wanted);
  return {
    planted: of(false).map(({ ours }) => ours),
    quiet: of(true).map(({ ours }) => ours),
    plantedStatic: of(false).map(({ fixed }) => fixed),
    quietStatic: of(true).map(({ fixed }) => fixed),
  };
}

/** @throws {ConfigError} with a line for each argument that is wrong. */
function readArgs(args: readonly string[]) {
  const values = parsed(args);
  const problems: string[] = [];
  const [first, last = first] = (values.seeds ?? "1001-1006").split("-").map(Number);
  if (
    !(Number.isInteger(first) && Number.isInteger(last) && first! >= 0 && last! >= first! && last! - first! < 10_000)
  ) {
    problems.push(`--seeds ${JSON.stringify(values.seeds)}: expected one whole number or two, such as 1001-1040`);
  }
  const hours = Number(values.hours ?? 2);
  if (!(hours > 0 && hours <= 24)) problems.push(`--hours ${JSON.stringify(values.hours)}: expected a number up to 24`);
  const pairs = pairList().safeParse(values.pairs ?? "EURUSD,USDJPY,EURJPY");
  if (!pairs.success) problems.push(`--pairs: ${pairs.error.issues.map(({ message }) => message).join("; ")}`);
  const detail = values.detail ?? "l3";
  if (detail !== "l1" && detail !== "l2" && detail !== "l3") {
    problems.push(`--detail ${JSON.stringify(detail)}: expected l1, l2 or l3`);
  }
  const startTimeUs = parseTimeUs(values.start ?? "2024-03-13T14:20:00Z");
  if (startTimeUs === undefined) problems.push(`--start ${JSON.stringify(values.start)}: expected ISO 8601`);
  const kinds = values.kinds?.split(",");
  const unknown = kinds?.filter((kind) => !SCENARIO_KINDS.includes(kind)) ?? [];
  if (unknown.length > 0) problems.push(`--kinds ${unknown.join(",")}: expected of ${SCENARIO_KINDS.join(", ")}`);
  const jobs = Number(values.jobs ?? navigator.hardwareConcurrency);
  if (!(Number.isInteger(jobs) && jobs > 0 && jobs <= JOBS_MAX)) {
    problems.push(`--jobs ${JSON.stringify(values.jobs)}: expected a whole number from 1 to ${JOBS_MAX}`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    seeds: Array.from({ length: last! - first! + 1 }, (_, at) => first! + at),
    jobs,
    hours,
    pairs: pairs.data!,
    detail: detail as "l1" | "l2" | "l3",
    startTimeUs: Math.floor(startTimeUs! / US_PER_SECOND) * US_PER_SECOND,
    kinds,
    counterparties: values["no-owners"] !== true,
    forests: values.forests?.split(","),
    options: values.options,
    against: values.against,
    json: values.json === true,
    progress: values["no-progress"] !== true,
  };
}

function parsed(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        seeds: text,
        hours: text,
        pairs: text,
        detail: text,
        start: text,
        kinds: text,
        "no-owners": flag,
        forests: text,
        jobs: text,
        options: text,
        against: text,
        json: flag,
        "no-progress": flag,
      },
    }).values;
  } catch (error) {
    throw new ConfigError([`${(error as Error).message}; see --help`]);
  }
}
