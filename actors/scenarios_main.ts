/**
 * Writes a simulated market with planted cases and hard negatives as files: the events as a recording that `analyze` and `replay` read,
 * and the labels of what was planted beside it.
 *
 * Status: 0 written, 1 stopped before the end, 2 wrong usage.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { progressLineOf, runCommand } from "./adapters/command.ts";
import {
  ConfigError,
  eventToJson,
  pairList,
  parseTimeUs,
  US_PER_HOUR,
  US_PER_MS,
  US_PER_SECOND,
} from "./contract/mod.ts";
import { createScenarioMarket, SCENARIO_KINDS, SCENARIO_US_MAX } from "./feeds/mod.ts";

const HELP = `Write a simulated market with planted cases as files.

Usage: deno task scenarios [options] --out FOLDER

  --out FOLDER     market.ndjson.gz, the events, and labels.ndjson, what was planted; made where it is not there
  --seed N         which market                                                      [1]
  --hours N        its length                                                        [1]
                   nothing is planted in the first 15 minutes and the last 6
  --pairs LIST     its pairs                                                         [EURUSD,USDJPY,EURJPY]
  --detail NAME    what the feed gives: l1, l2, l3                                   [l3]
  --start TIME     when it begins                                                    [2024-03-13T14:20:00Z]
  --kinds LIST     what is planted                                                   [everything]
  --no-owners      trades do not say who bought and who sold
  --no-progress    no progress on standard error
  --help           this text`;

/** Event time that is generated at once. */
const STEP_US = 20 * US_PER_MS;
/** Lines that are handed on together. */
const CHUNK_CHARS = 256 * 1_024;

await runCommand(HELP, async ({ args, signal }) => {
  const options = readArgs(args);
  await Deno.mkdir(options.out, { recursive: true });
  const labels: string[] = [];
  const endUs = options.startTimeUs + options.hours * US_PER_HOUR;
  const market = createScenarioMarket(
    { ...options, lastBeginUs: endUs - SCENARIO_US_MAX },
    (label) => labels.push(JSON.stringify(label)),
  );
  const file = await Deno.create(`${options.out}/market.ndjson.gz`);
  const compression = new CompressionStream("gzip");
  const written = compression.readable.pipeTo(file.writable);
  const writer = compression.writable.getWriter();
  const encoder = new TextEncoder();
  const progress = progressLineOf((share: number) => `${Math.round(100 * share)} %`, { wanted: options.progress });
  let chunk = "";
  let eventCount = 0;
  for (let timeUs = options.startTimeUs; timeUs <= endUs && !signal.aborted; timeUs += STEP_US) {
    market.advance(timeUs, (pair, event) => {
      chunk += JSON.stringify(eventToJson(pair, event)) + "\n";
      eventCount++;
    });
    if (chunk.length < CHUNK_CHARS) continue;
    await writer.write(encoder.encode(chunk));
    chunk = "";
    progress.show?.((timeUs - options.startTimeUs) / (endUs - options.startTimeUs));
  }
  await writer.write(encoder.encode(chunk));
  await writer.close();
  await written;
  await Deno.writeTextFile(`${options.out}/labels.ndjson`, labels.map((label) => `${label}\n`).join(""));
  progress.end();
  console.error(`${eventCount} events and ${labels.length} labels in ${options.out}`);
  return 0;
});

/** @throws {ConfigError} with a line for each argument that is wrong. */
function readArgs(args: readonly string[]) {
  const values = parsed(args);
  const problems: string[] = [];
  const out = values.out;
  if (out === undefined || out === "") problems.push("--out: expected a folder; see --help");
  const seed = Number(values.seed ?? 1);
  if (!(Number.isInteger(seed) && seed >= 0)) {
    problems.push(`--seed ${JSON.stringify(values.seed)}: expected a whole number`);
  }
  const hours = Number(values.hours ?? 1);
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
    out: out!,
    seed,
    hours,
    pairs: pairs.data!,
    detail: detail as "l1" | "l2" | "l3",
    startTimeUs: Math.floor(startTimeUs! / US_PER_SECOND) * US_PER_SECOND,
    ...(kinds !== undefined && { kinds }),
    counterparties: values["no-owners"] !== true,
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
        out: text,
        seed: text,
        hours: text,
        pairs: text,
        detail: text,
        start: text,
        kinds: text,
        "no-owners": flag,
        "no-progress": flag,
      },
    }).values;
  } catch (error) {
    throw new ConfigError([`${(error as Error).message}; see --help`]);
  }
}
