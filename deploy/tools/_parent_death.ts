/**
 * Lets a foreign program die with the process that started it.
 *
 * Our own roles read their stdin to its end. A program that cannot do that is started through `setpriv --pdeathsig` on Linux:
 * the kernel then kills it when its parent dies, even by SIGKILL. Elsewhere there is no such thing, and whoever starts the
 * program next cleans up (`_store_claim.ts`).
 *
 * @module
 */
import { run } from "./_run.ts";

const PROBE_TIMEOUT_MS = 2_000;

let wrapper: Promise<string[]> | undefined;

/** Words to put before a command line so that it dies with this process; empty where that cannot be had. */
export function diesWithParent(): Promise<string[]> {
  return wrapper ??= probe();
}

async function probe(): Promise<string[]> {
  if (Deno.build.os !== "linux") return [];
  const words = ["setpriv", "--pdeathsig", "KILL"];
  try {
    // BusyBox has a setpriv without this option.
    const [command, ...args] = words as [string, ...string[]];
    const result = await run(command, [...args, "true"], { timeoutMs: PROBE_TIMEOUT_MS });
    return result.code === 0 && !result.timedOut ? words : [];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) return [];
    throw error;
  }
}
