/**
 * The project's own copies of nats-server: `<cache>/nats-server/<version>/nats-server`.
 *
 * Two processes may fill the cache at once. One holds a file lock, which the kernel lets go of when its holder dies, builds
 * the copy in a folder beside, and renames it into place: a version's folder is there whole or not at all.
 *
 * @module
 */
import { join } from "node:path";
import { compareVersions, probeNatsServer } from "./_nats_version.ts";

/** Longest wait for another process that is filling the cache; its own downloads are bounded to less. */
export const CACHE_LOCK_TIMEOUT_MS = 10 * 60_000;

/** Name of the binary on this platform. */
export const NATS_SERVER_FILE = Deno.build.os === "windows" ? "nats-server.exe" : "nats-server";

const STAGE_PREFIX = ".stage-";

/** Folder of all copies. */
export function natsServerCacheDir(cacheDir: string): string {
  return join(cacheDir, "nats-server");
}

/** Paths of the cached binaries, newest version first. Does not look into them. */
export async function listCached(cacheDir: string): Promise<string[]> {
  const dir = natsServerCacheDir(cacheDir);
  const versions: string[] = [];
  try {
    for await (const entry of Deno.readDir(dir)) {
      if (entry.isDirectory && /^\d/.test(entry.name)) versions.push(entry.name);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    // A file in its place: `withCacheLock()` says so when something is to be stored.
    if (error instanceof Deno.errors.NotADirectory) return [];
    throw error;
  }
  return versions.sort((a, b) => compareVersions(b, a)).map((version) => join(dir, version, NATS_SERVER_FILE));
}

/** Runs `fill` while this process alone may change the cache. */
export async function withCacheLock<T>(
  cacheDir: string,
  fill: () => Promise<T>,
  options: { timeoutMs?: number; signal?: AbortSignal; report?: (line: string) => void } = {},
): Promise<T> {
  const { timeoutMs = CACHE_LOCK_TIMEOUT_MS, signal, report } = options;
  const dir = natsServerCacheDir(cacheDir);
  await Deno.mkdir(dir, { recursive: true });
  using file = await Deno.open(join(dir, ".lock"), { create: true, write: true });
  if (!(await file.tryLock(true))) {
    report?.(`waiting for another process that fills ${dir}`);
    await waitFor(file.lock(true), { timeoutMs, signal, what: `the lock ${join(dir, ".lock")}` });
  }
  try {
    await removeStages(dir);
    return await fill();
  } finally {
    await file.unlock();
  }
}

/** A fresh folder inside the cache, so that a rename out of it stays on one file system. Call it under the lock. */
export function makeStage(cacheDir: string): Promise<string> {
  return Deno.makeTempDir({ dir: natsServerCacheDir(cacheDir), prefix: STAGE_PREFIX });
}

/**
 * Moves `binary`, a file in `stage`, to its place by version and returns the path there. Call it under the lock.
 * @throws {Error} when the binary does not run here or is too old
 */
export async function adopt(
  cacheDir: string,
  stage: string,
  binary: string,
  options: { versionMin: string; signal?: AbortSignal },
): Promise<{ path: string; version: string }> {
  if (Deno.build.os !== "windows") await Deno.chmod(binary, 0o755);
  const probe = await probeNatsServer(binary, options);
  if (probe.problem !== undefined) throw new Error(`the downloaded binary ${probe.problem}`);
  const ready = join(stage, "ready");
  await Deno.mkdir(ready);
  await Deno.rename(binary, join(ready, NATS_SERVER_FILE));
  const target = join(natsServerCacheDir(cacheDir), probe.version);
  // Whoever found the copy usable would not be here: what is left under this name is broken.
  await removeIfThere(target);
  await Deno.rename(ready, target);
  return { path: join(target, NATS_SERVER_FILE), version: probe.version };
}

/** Stages of a process that died half way: the lock is ours, so nobody works in them. */
async function removeStages(dir: string): Promise<void> {
  for await (const entry of Deno.readDir(dir)) {
    if (entry.name.startsWith(STAGE_PREFIX)) await removeIfThere(join(dir, entry.name));
  }
}

/** Removes a file or folder; one that is not there is fine. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function waitFor(
  promise: Promise<void>,
  options: { timeoutMs: number; signal?: AbortSignal; what: string },
): Promise<void> {
  const { timeoutMs, signal, what } = options;
  signal?.throwIfAborted();
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new DOMException(`Waited ${timeoutMs} ms for ${what}`, "TimeoutError")),
    timeoutMs,
  );
  const onAbort = () => reject(signal?.reason);
  signal?.addEventListener("abort", onAbort);
  try {
    await Promise.race([promise, stopped]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}
