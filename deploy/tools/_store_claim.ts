/**
 * One nats-server per store directory.
 *
 * nats-server does not lock its store, and two of them would ruin it. Whoever starts one holds a file lock for as long as it
 * runs; the kernel lets go of it when the holder dies. A server that outlived its holder is known by the pid file and its
 * command line, and is stopped before a new one starts.
 *
 * @module
 */
import { basename, join } from "node:path";
import { run } from "./_run.ts";

/** How long an orphaned server may take to stop by itself; then it is killed. */
export const ORPHAN_STOP_TIMEOUT_MS = 10_000;

/** Only a parent is told when a process ends, and ours is dead: look this often. */
const ORPHAN_POLL_MS = 20;

const PS_TIMEOUT_MS = 5_000;

/** Another process runs a nats-server on this store directory. */
export class NatsStoreInUseError extends Error {
  override name = "NatsStoreInUseError";

  constructor(readonly storeDir: string) {
    super(
      `Another process runs a nats-server on ${storeDir}. Stop it, or give this one a directory of its own (DATA_DIR)`,
    );
  }
}

/** The right to run the one server of a store directory. */
export interface StoreClaim {
  /** Notes the running server, for whoever comes after a crash of this process. */
  note(pid: number): Promise<void>;
  /** Gives the right up. The server must have ended. */
  release(): Promise<void>;
}

/**
 * Takes the right to run a server on `storeDir`, stopping one that a dead process left behind.
 * @throws {NatsStoreInUseError}
 */
export async function claimStore(storeDir: string, report?: (line: string) => void): Promise<StoreClaim> {
  await Deno.mkdir(storeDir, { recursive: true });
  const lock = await Deno.open(join(storeDir, "nats-server.lock"), { create: true, write: true });
  const pidFile = join(storeDir, "nats-server.pid");
  try {
    if (!(await lock.tryLock(true))) throw new NatsStoreInUseError(storeDir);
    await stopOrphan(pidFile, storeDir, report);
    return {
      note: (pid) => Deno.writeTextFile(pidFile, `${pid}\n`),
      async release() {
        await Deno.remove(pidFile).catch(ignoreNotFound);
        lock.close();
      },
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

async function stopOrphan(pidFile: string, storeDir: string, report?: (line: string) => void): Promise<void> {
  const pid = await readPid(pidFile);
  if (pid === undefined || !(await runsServerOn(pid, storeDir))) return;
  report?.(`stopping nats-server ${pid}, left behind on ${storeDir} by a process that is gone`);
  signalProcess(pid, "SIGTERM");
  const deadline = performance.now() + ORPHAN_STOP_TIMEOUT_MS;
  while (await runsServerOn(pid, storeDir)) {
    if (performance.now() > deadline) signalProcess(pid, "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, ORPHAN_POLL_MS));
  }
}

async function readPid(path: string): Promise<number | undefined> {
  try {
    const pid = Number((await Deno.readTextFile(path)).trim());
    return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Whether `pid` is a nats-server whose store is `storeDir`: a pid may be somebody else's by now. */
async function runsServerOn(pid: number, storeDir: string): Promise<boolean> {
  const words = await commandLine(pid);
  if (words === undefined || !basename(words[0] ?? "").startsWith("nats-server")) return false;
  const flag = words.indexOf("-sd");
  return flag >= 0 && words[flag + 1] === storeDir;
}

/** Words of the command line of a live process. A zombie has none. */
async function commandLine(pid: number): Promise<string[] | undefined> {
  if (Deno.build.os === "windows") return undefined;
  if (Deno.build.os === "linux") {
    try {
      const text = await Deno.readTextFile(`/proc/${pid}/cmdline`);
      return text === "" ? undefined : text.split("\0");
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      // The process ended while its entry was read.
      if (error instanceof Error && "code" in error && error.code === "ESRCH") return undefined;
      // Without `-A` Deno keeps /proc closed.
      if (!(error instanceof Deno.errors.NotCapable)) throw error;
    }
  }
  const result = await run("ps", ["-ww", "-o", "command=", "-p", String(pid)], { timeoutMs: PS_TIMEOUT_MS });
  return result.code === 0 ? result.stdout.trim().split(" ") : undefined;
}

function signalProcess(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    ignoreNotFound(error);
  }
}

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
