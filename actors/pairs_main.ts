/**
 * Shows and changes which pairs are watched, while everything runs.
 *
 * Status: 0 done, 1 the server could not be reached, 2 wrong usage or a pair that is not in the register.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { readText, runCommand } from "./adapters/command.ts";
import { connectNats } from "./adapters/nats.ts";
import { type PairChange, PairRegister } from "./adapters/pair_register.ts";
import { untilAborted } from "./adapters/until_aborted.ts";
import {
  ConfigError,
  DEFAULT_METRIC_OPTIONS,
  type MetricOptions,
  natsUrl,
  type Pair,
  parsePair,
  readEnv,
  readMetricOptions,
  shownUrl,
} from "./contract/mod.ts";

const HELP = `Show and change the pairs that are watched. Nodes follow at once; nothing is restarted.

Usage: deno task pairs [list]
       deno task pairs add|pause|resume|remove PAIR…
       deno task pairs options PAIR [FILE|default]

  list      every pair in the register and whether it is active or paused (default)
  add       watch these pairs from now on; any two different currencies make a pair, as EURUSD or EUR/USD
  pause     stop watching these pairs; they keep their place
  resume    watch paused pairs again
  remove    take these pairs out; only add brings them back, a restart does not
  options   what the metrics of a pair are computed with, as JSON; with a file, compute them with what stands in it, with
            "default" as at first. What a file leaves out has its default. The windows of that pair begin anew
  --help    this text

NATS_URL says where the server is (nats://127.0.0.1:4222).`;

/** Exit status where a pair was not in the register. */
const EXIT_NOT_REGISTERED = 2;
const ACTIONS = ["list", "add", "pause", "resume", "remove", "options"] as const;
/** Stands for no options of its own. */
const DEFAULTS = "default";
type Action = typeof ACTIONS[number];

await runCommand(HELP, async ({ args, signal }) => {
  const { action, pairs, file } = readArgs(args);
  const options = file === undefined || file === DEFAULTS ? undefined : readMetricOptions(await readText(file), file);
  const { NATS_URL: url } = readEnv(
    { NATS_URL: natsUrl().default("nats://127.0.0.1:4222") },
    Deno.env.toObject(),
  );
  const nc = await untilAborted(
    connectNats({ url, name: "pairs" }).catch((error: Error) => {
      throw new Error(`Cannot reach ${shownUrl(url)}: ${error.message}. NATS_URL says where the server is`);
    }),
    { signal },
  );
  if (nc === undefined) return 1;
  const register = new PairRegister(nc, { logLine: (_, text) => console.error(text) });
  const work = action === "list"
    ? list(register)
    : action === "options" && file === undefined
    ? showOptions(register, pairs[0]!)
    : change(register, pairs, action, options);
  const status = await untilAborted(work, { signal });
  await nc.close();
  return status ?? 1;
});

/** @throws {ConfigError} with a line for each argument that is wrong. */
function readArgs(args: readonly string[]): { action: Action; pairs: Pair[]; file: string | undefined } {
  const [word = "list", ...names] = positionalsOf(args);
  const action = ACTIONS.find((known) => known === word);
  if (action === undefined) {
    throw new ConfigError([`"${word}": expected ${ACTIONS.join(", ")}, then pairs; see --help`]);
  }
  const problems: string[] = [];
  const [file, ...others] = action === "options" ? names.splice(1) : [];
  if (others.length > 0) problems.push(`options takes one pair and one file, not "${others.join(" ")}" as well`);
  const pairs = new Set<Pair>();
  for (const name of names.flatMap((text) => text.split(",")).filter((text) => text !== "")) {
    const pair = parsePair(name);
    if (pair === undefined) {
      problems.push(`"${name}" is no pair: expected two different currencies, for example EURUSD`);
    } else pairs.add(pair);
  }
  if (action === "list" && names.length > 0) problems.push("list takes no pairs; see --help");
  if (action === "options" && pairs.size > 1) problems.push(`options takes one pair, not ${[...pairs].join(", ")}`);
  if (action !== "list" && pairs.size === 0 && problems.length === 0) {
    problems.push(`${action} which pairs? for example: ${action} EURUSD`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { action, pairs: [...pairs], file };
}

function positionalsOf(args: readonly string[]): string[] {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: {} }).positionals;
  } catch (error) {
    throw new ConfigError([`${(error as Error).message}; see --help`]);
  }
}

async function list(register: PairRegister): Promise<number> {
  const records = await register.list();
  for (const [pair, { state }] of records) console.log(`${pair}  ${state}`);
  const pausedCount = [...records.values()].filter(({ state }) => state === "paused").length;
  console.error(
    records.size === 0
      ? "No pair is in the register. A node that starts adds those of its PAIRS; so does: deno task pairs add EURUSD"
      : `${records.size} ${records.size === 1 ? "pair" : "pairs"}, ${pausedCount} paused`,
  );
  return 0;
}

async function showOptions(register: PairRegister, pair: Pair): Promise<number> {
  const record = (await register.list()).get(pair);
  if (record === undefined) return notRegistered(pair);
  if (record.options === undefined) {
    console.error(
      `${pair} has no options of its own: these are the defaults, but METRIC_OPTIONS of a node goes before them`,
    );
  }
  console.log(JSON.stringify(record.options ?? DEFAULT_METRIC_OPTIONS, null, 2));
  return 0;
}

async function change(
  register: PairRegister,
  pairs: readonly Pair[],
  action: Exclude<Action, "list">,
  options: MetricOptions | undefined,
): Promise<number> {
  let status = 0;
  for (const pair of pairs) {
    const made = await (action === "options" ? register.setOptions(pair, options) : register[action](pair));
    if (!made.isChanged && made.after === undefined) status = notRegistered(pair);
    else console.log(`${pair}  ${sentence(action, made)}`);
  }
  return status;
}

function notRegistered(pair: Pair): number {
  console.error(`${pair} is not in the register; deno task pairs lists what is`);
  return EXIT_NOT_REGISTERED;
}

function sentence(action: Exclude<Action, "list">, { before, after, isChanged }: PairChange): string {
  if (action === "options") {
    return isChanged ? "has other options; its windows begin anew" : "has these options already";
  }
  if (after === undefined) return "removed";
  if (before !== after) return action === "add" ? "added" : after;
  return action === "add" && after === "paused" ? "is there already, paused: resume it" : `is ${after} already`;
}
