/**
 * Arguments of the commands that read recordings.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { ConfigError, type Pair, parsePair } from "../contract/mod.ts";
import { type ColumnMap, FORMAT_NAMES, isZone, readColumnMap } from "./readers/mod.ts";

/** Fastest speed beside `max`: a day in a tenth of a second. */
export const SPEED_MAX = 1_000_000;

export interface RecordingArgs {
  files: string[];
  pair: Pair | undefined;
  format: string | undefined;
  zone: string | undefined;
  /** A mapping of columns as JSON, or the file of one. */
  map: string | undefined;
  /** All files as one, in order of time. */
  merge: boolean;
  speed: number | "max";
  progress: boolean;
  /** File of metric options. */
  options: string | undefined;
  /** File of metric options to compare with. */
  against: string | undefined;
  /** A table by hour instead of samples. */
  hours: boolean;
}

/**
 * Read the arguments of a command.
 *
 * @throws {ConfigError} with a line for each that is wrong.
 */
export function recordingArgs(
  args: readonly string[],
  takes: { takesSpeed?: boolean; forAnalysis?: boolean },
): RecordingArgs {
  const { values, positionals } = parsed(args, takes);
  const problems: string[] = [];
  if (positionals.length === 0) problems.push("no file is named; see --help");
  const pair = values.pair === undefined ? undefined : parsePair(values.pair);
  if (values.pair !== undefined && pair === undefined) {
    problems.push(`--pair ${JSON.stringify(values.pair)}: no pair of the table; expected for example EURUSD`);
  }
  if (values.format !== undefined && !FORMAT_NAMES.includes(values.format)) {
    problems.push(`--format ${JSON.stringify(values.format)}: expected one of ${FORMAT_NAMES.join(", ")}`);
  }
  if (values.zone !== undefined && !isZone(values.zone)) {
    problems.push(`--zone ${JSON.stringify(values.zone)}: expected UTC, -05:00 or a name such as America/New_York`);
  }
  if (values.map !== undefined && values.format !== undefined && values.format !== "mapped_csv") {
    problems.push("--map and --format exclude each other: a map is a format of its own");
  }
  const speed = values.speed === undefined || values.speed === "max" ? "max" : Number(values.speed);
  if (speed !== "max" && !(speed > 0 && speed <= SPEED_MAX)) {
    problems.push(`--speed ${JSON.stringify(values.speed)}: expected max, or a number above 0 up to ${SPEED_MAX}`);
  }
  if (values.against !== undefined && values.hours === true) {
    problems.push("--against and --hours print in place of the samples; give one of them");
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    files: positionals,
    pair,
    format: values.format,
    zone: values.zone,
    map: values.map,
    merge: values.merge === true,
    speed,
    progress: values["no-progress"] !== true,
    options: values.options,
    against: values.against,
    hours: values.hours === true,
  };
}

/** The mapping of `--map`: JSON as it is given, or from its file. @throws {ConfigError} where it is wrong. */
export async function readMap(given: string, readText: (path: string) => Promise<string>): Promise<ColumnMap> {
  return given.trimStart().startsWith("{")
    ? readColumnMap(given, "--map")
    : readColumnMap(await readText(given), given);
}

function parsed(args: readonly string[], takes: { takesSpeed?: boolean; forAnalysis?: boolean }) {
  const options = {
    pair: { type: "string" },
    format: { type: "string" },
    zone: { type: "string" },
    map: { type: "string" },
    merge: { type: "boolean" },
    "no-progress": { type: "boolean" },
  } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...options,
        ...(takes.takesSpeed === true && { speed: { type: "string" } as const }),
        ...(takes.forAnalysis === true &&
          { options: { type: "string" }, against: { type: "string" }, hours: { type: "boolean" } } as const),
      },
    });
    return {
      values: values as {
        pair?: string;
        format?: string;
        zone?: string;
        map?: string;
        merge?: boolean;
        "no-progress"?: boolean;
        speed?: string;
        options?: string;
        against?: string;
        hours?: boolean;
      },
      positionals,
    };
  } catch (error) {
    throw new ConfigError([`${(error as Error).message}; see --help`]);
  }
}
