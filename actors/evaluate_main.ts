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
import { compare, comparisonText, type Evaluation, type MarketRun, reportOf, runMarket } from "./evaluation/mod.ts";
import { SCENARIO_KINDS } from "./feeds/mod.ts";

const HELP = `Evaluate the detectors on simulated markets: precision, recall, F1, delay, false alerts per pair-hour.

Usage: deno task evaluate [options]

  --seeds A-B      markets to simulate; those below 1000 were used for tuning        [1001-1006]
  --hours N        length of each                                                    [2]
  --pairs LIST     pairs of each                                                     [EURUSD,USDJPY,EURJPY]
  --detail NAME    what the feed gives: l1, l2, l3                                   [l3]
  --start TIME     when they begin; the fix in London lies in the default            [2024-03-13T14:20:00Z]
  --kinds LIST     what is planted                                                   [everything]
  --no-owners      trades do not say who bought and who sold
  --options FILE   what the detectors run with, as JSON (the options of a pair)
  --against FILE   another configuration: prints the cases gained and lost, and alerts a day
  --json           the judged cases as JSON lines, in place of the tables
  --no-progress    no progress on standard error
  --help           this text`;

/** A simulated market has no yesterday to take the size of its volume buckets from. */
const SIMULATED = { toxicity: { bucketSize: 5_000_000 } };

interface Progress {
  done: number;
  all: number;
}

await runCommand(HELP, async (command) => {
  const args = readArgs(command.args);
  const metrics = args.options === undefined
    ? MetricOptions.parse(SIMULATED)
    : readMetricOptions(await readText(args.options), args.options);
  const other = args.against === undefined ? undefined : readMetricOptions(await readText(args.against), args.against);
  const progress = progressLineOf(({ done, all }: Progress) => `${done} of ${all} markets`, { wanted: args.progress });
  const runs: { quiet: boolean; run: MarketRun }[] = [];
  const all = 2 * (args.lastSeed - args.firstSeed + 1);
  for (let seed = args.firstSeed; seed <= args.lastSeed && !command.signal.aborted; seed++) {
    for (const quiet of [false, true]) {
      const run = runMarket({
        ...args,
        seed,
        quiet,
        metrics,
        market: DEFAULT_MARKET_OPTIONS,
        ...(other !== undefined && { other: { metrics: other, market: DEFAULT_MARKET_OPTIONS } }),
      });
      runs.push({ quiet, run });
      progress.show?.({ done: runs.length, all });
      // A signal is heard between two markets.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  progress.end();
  if (args.json) {
    for (const { run } of runs) for (const judged of run.ours.judged) console.log(JSON.stringify(judged));
  } else if (other === undefined) console.log(reportOf(evaluationOf(runs)));
  else {
    const pairHours = runs.reduce((sum, { run }) => sum + run.ours.pairHours, 0);
    const parts = runs.map(({ run }) => compare(run.cases, run.otherCases));
    const merged = {
      kept: parts.flatMap(({ kept }) => kept),
      gained: parts.flatMap(({ gained }) => gained),
      lost: parts.flatMap(({ lost }) => lost),
    };
    console.log(comparisonText(merged, pairHours));
  }
  return 0;
});

function evaluationOf(runs: readonly { quiet: boolean; run: MarketRun }[]): Evaluation {
  const of = (wanted: boolean) => runs.filter(({ quiet }) => quiet === wanted);
  return {
    planted: of(false).map(({ run }) => run.ours),
    quiet: of(true).map(({ run }) => run.ours),
    plantedStatic: of(false).map(({ run }) => run.fixed),
    quietStatic: of(true).map(({ run }) => run.fixed),
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
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    firstSeed: first!,
    lastSeed: last!,
    hours,
    pairs: pairs.data!,
    detail: detail as "l1" | "l2" | "l3",
    startTimeUs: Math.floor(startTimeUs! / US_PER_SECOND) * US_PER_SECOND,
    kinds,
    counterparties: values["no-owners"] !== true,
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
