/**
 * Versions of nats-server: what a binary is, and whether that is new enough.
 *
 * @module
 */
import { run } from "./_run.ts";

/** Oldest server that will do: 2.11 brought TTL markers and KV `create` with a TTL. */
export const NATS_SERVER_VERSION_MIN = "2.11.0";

/** How long a binary may take to say `--version`. */
export const VERSION_PROBE_TIMEOUT_MS = 5_000;

/** A nats-server binary looked at: its version, or what is wrong with it. */
export type NatsServerProbe = { version: string; problem?: undefined } | { version?: string; problem: string };

/** Asks the binary at `path` for its version and judges it. Never throws for a bad binary. */
export async function probeNatsServer(
  path: string,
  options: { versionMin?: string; timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<NatsServerProbe> {
  const { versionMin = NATS_SERVER_VERSION_MIN, timeoutMs = VERSION_PROBE_TIMEOUT_MS, signal } = options;
  let result;
  try {
    result = await run(path, ["--version"], { timeoutMs, signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof Deno.errors.NotFound) return { problem: "no such file" };
    if (error instanceof Deno.errors.NotCapable) throw error;
    return { problem: `cannot be run (${error instanceof Error ? error.message : error})` };
  }
  if (result.timedOut) return { problem: `does not answer --version within ${timeoutMs} ms` };
  const version = /nats-server: v?(\d+\.\d+\.\d+\S*)/.exec(result.stdout)?.[1];
  if (result.code !== 0 || version === undefined) {
    return { problem: `is no nats-server (--version ended with code ${result.code})` };
  }
  if (compareVersions(version, versionMin) < 0) {
    return { version, problem: `version ${version} is too old, ${versionMin} or newer is needed` };
  }
  return { version };
}

/** Orders `a.b.c` and `a.b.c-pre`: negative when `a` is older. A pre-release is older than its release. */
export function compareVersions(a: string, b: string): number {
  const [numbersA, preA] = splitVersion(a);
  const [numbersB, preB] = splitVersion(b);
  for (let i = 0; i < 3; i++) {
    const difference = (numbersA[i] ?? 0) - (numbersB[i] ?? 0);
    if (difference !== 0) return difference;
  }
  if (preA === preB) return 0;
  if (preA === "") return 1;
  if (preB === "") return -1;
  return preA < preB ? -1 : 1;
}

function splitVersion(version: string): [number[], string] {
  const dash = version.indexOf("-");
  const [numbers, pre] = dash < 0 ? [version, ""] : [version.slice(0, dash), version.slice(dash + 1)];
  return [numbers.split(".").map((part) => Number.parseInt(part, 10) || 0), pre];
}
