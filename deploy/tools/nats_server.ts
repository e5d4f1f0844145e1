/**
 * Finds a nats-server that is new enough, or fetches one.
 *
 * Places, in this order: `NATS_SERVER_BIN`, PATH, the project's cache, the official release for this platform, and on Debian
 * the newest suite's package. The first usable binary wins; an older or broken one is passed over and named. Nothing is
 * installed: what is fetched lies in the project's cache.
 *
 * @module
 */
import { join } from "node:path";
import {
  adopt,
  listCached,
  makeStage,
  NATS_SERVER_FILE,
  natsServerCacheDir,
  removeIfThere,
  withCacheLock,
} from "./_nats_cache.ts";
import { DEBIAN_SUITES, debianMirrors, debianProblem, fetchDebianPackage } from "./_nats_debian.ts";
import {
  fetchRelease,
  NATS_SERVER_RELEASE,
  NATS_SERVER_RELEASE_URL,
  type NatsReleaseOptions,
} from "./_nats_release.ts";
import { NATS_SERVER_VERSION_MIN, probeNatsServer } from "./_nats_version.ts";
import { projectCacheDir, type ReadEnv } from "./_project.ts";

export { NATS_SERVER_RELEASE, NATS_SERVER_RELEASE_URL, NATS_SERVER_VERSION_MIN };

/** Where a server was found. */
export type NatsServerOrigin = "env" | "path" | "cache" | "release" | "debian";

/** A binary that will do. */
export interface NatsServer {
  path: string;
  version: string;
  origin: NatsServerOrigin;
}

/** A place that was looked at without luck. */
export interface NatsServerAttempt {
  origin: NatsServerOrigin;
  /** The place, as a person would look there. */
  place: string;
  /** What was found instead. */
  found: string;
}

export interface ResolveNatsServerOptions {
  /** @default {Deno.env.get} */
  env?: ReadEnv;
  /** Where fetched servers are kept. @default {projectCacheDir()} */
  cacheDir?: string;
  /** Whether to go to the network when nothing is on this machine. @default {true} */
  fetch?: boolean;
  /** @default {NATS_SERVER_VERSION_MIN} */
  versionMin?: string;
  /** Where and which release to fetch; `false` leaves this place out. */
  release?: Omit<NatsReleaseOptions, "signal"> | false;
  /** Debian suites and mirrors to try; `false` leaves this place out. */
  debian?: { suites?: readonly string[]; mirrors?: readonly string[] } | false;
  /** Told one line about every binary passed over and every download begun. */
  report?: (line: string) => void;
  signal?: AbortSignal;
}

/** No usable nats-server anywhere. The message lists every place, what was there, and how to get one. */
export class NatsServerNotFoundError extends Error {
  override name = "NatsServerNotFoundError";

  constructor(readonly attempts: readonly NatsServerAttempt[], readonly versionMin: string) {
    super([
      `Cannot find nats-server ${versionMin} or newer. Places tried:`,
      ...attempts.map((attempt) => `  - ${attempt.place}: ${attempt.found}`),
      "Any one of these helps:",
      ...howToGetNatsServer().map((line) => `  - ${line}`),
    ].join("\n"));
  }
}

/** Ways to a nats-server, one per line. */
export function howToGetNatsServer(): string[] {
  return [
    "set NATS_SERVER_BIN to the path of a binary",
    `unpack ${NATS_SERVER_RELEASE_URL.replace("/download", "")}/tag/v${NATS_SERVER_RELEASE} into a folder on PATH`,
    Deno.build.os === "darwin" ? "brew install nats-server" : "install your system's nats-server package",
    "use a server that runs elsewhere: set NATS_URL",
  ];
}

/**
 * Finds or fetches a nats-server.
 *
 * @throws {NatsServerNotFoundError} when no place has one
 */
export async function resolveNatsServer(options: ResolveNatsServerOptions = {}): Promise<NatsServer> {
  const search = new Search(options);
  const server = await search.onThisMachine() ?? (options.fetch === false ? undefined : await search.onTheNetwork());
  if (server === undefined) throw new NatsServerNotFoundError(search.attempts, search.versionMin);
  return server;
}

class Search {
  readonly attempts: NatsServerAttempt[] = [];
  readonly versionMin: string;
  readonly #options: ResolveNatsServerOptions;
  readonly #env: ReadEnv;
  readonly #cacheDir: string;

  constructor(options: ResolveNatsServerOptions) {
    this.#options = options;
    this.#env = options.env ?? ((name) => Deno.env.get(name));
    this.#cacheDir = options.cacheDir ?? projectCacheDir(this.#env);
    this.versionMin = options.versionMin ?? NATS_SERVER_VERSION_MIN;
  }

  async onThisMachine(): Promise<NatsServer | undefined> {
    return await this.#named() ?? await this.#onPath() ?? await this.#cached();
  }

  async onTheNetwork(): Promise<NatsServer | undefined> {
    const { signal, report } = this.#options;
    const known = this.attempts.length;
    return await withCacheLock(this.#cacheDir, async () => {
      // Another process may have filled the cache while this one waited for the lock.
      const cached = await this.#cached();
      if (cached !== undefined) return cached;
      this.attempts.length = known;
      return await this.#release() ?? await this.#debian();
    }, { signal, report });
  }

  async #named(): Promise<NatsServer | undefined> {
    const path = this.#env("NATS_SERVER_BIN");
    if (!path) return this.#miss("env", "NATS_SERVER_BIN", "not set");
    return await this.#judge("env", path, `NATS_SERVER_BIN=${path}`);
  }

  async #onPath(): Promise<NatsServer | undefined> {
    const separator = Deno.build.os === "windows" ? ";" : ":";
    const dirs = [...new Set((this.#env("PATH") ?? "").split(separator))].filter((dir) => dir !== "");
    let seen = 0;
    for (const dir of dirs) {
      const path = join(dir, NATS_SERVER_FILE);
      if (!(await exists(path))) continue;
      seen++;
      const server = await this.#judge("path", path, `PATH, ${path}`);
      if (server !== undefined) return server;
    }
    if (seen > 0) return undefined;
    return this.#miss("path", `PATH (${dirs.length} folders)`, `no ${NATS_SERVER_FILE}`);
  }

  async #cached(): Promise<NatsServer | undefined> {
    const paths = await listCached(this.#cacheDir);
    for (const path of paths) {
      const server = await this.#judge("cache", path, `cache, ${path}`);
      if (server !== undefined) return server;
    }
    if (paths.length > 0) return undefined;
    return this.#miss("cache", `cache ${natsServerCacheDir(this.#cacheDir)}`, "empty");
  }

  async #release(): Promise<NatsServer | undefined> {
    const { release = {}, signal } = this.#options;
    if (release === false) return undefined;
    const { url = NATS_SERVER_RELEASE_URL, version = NATS_SERVER_RELEASE } = release;
    return await this.#fetched(
      "release",
      `release ${version}, ${url}`,
      (stage) => fetchRelease(stage, { ...release, signal }),
    );
  }

  async #debian(): Promise<NatsServer | undefined> {
    const { debian = {}, signal } = this.#options;
    if (debian === false) return undefined;
    const problem = await debianProblem(this.#env);
    if (problem !== undefined) return this.#miss("debian", "Debian package", problem);
    for (const suite of debian.suites ?? DEBIAN_SUITES) {
      for (const mirror of debian.mirrors ?? await debianMirrors()) {
        const place = `Debian ${suite}, ${mirror}`;
        const server = await this.#fetched(
          "debian",
          place,
          (stage) => fetchDebianPackage(stage, { suite, mirror, signal }),
        );
        if (server !== undefined) return server;
      }
    }
  }

  async #judge(origin: NatsServerOrigin, path: string, place: string): Promise<NatsServer | undefined> {
    const probe = await probeNatsServer(path, { versionMin: this.versionMin, signal: this.#options.signal });
    if (probe.problem === undefined) return { path, version: probe.version, origin };
    this.#options.report?.(`nats-server passed over: ${place}: ${probe.problem}`);
    return this.#miss(origin, place, probe.problem);
  }

  async #fetched(
    origin: NatsServerOrigin,
    place: string,
    fetchInto: (stage: string) => Promise<string>,
  ): Promise<NatsServer | undefined> {
    const { signal, report } = this.#options;
    report?.(`fetching nats-server: ${place}`);
    const stage = await makeStage(this.#cacheDir);
    try {
      const binary = await fetchInto(stage);
      const adopted = await adopt(this.#cacheDir, stage, binary, { versionMin: this.versionMin, signal });
      report?.(`fetched nats-server ${adopted.version}: ${adopted.path}`);
      return { ...adopted, origin };
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof Deno.errors.NotCapable) throw error;
      const found = reason(error);
      report?.(`fetching nats-server failed: ${place}: ${found}`);
      return this.#miss(origin, place, found);
    } finally {
      await removeIfThere(stage);
    }
  }

  #miss(origin: NatsServerOrigin, place: string, found: string): undefined {
    this.attempts.push({ origin, place, found });
    return undefined;
  }
}

/** What went wrong, with the cause that a failed `fetch()` hides. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return false;
    // A PATH entry that is a file, not a folder.
    if (error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}
