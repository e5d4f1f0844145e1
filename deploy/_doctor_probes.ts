/**
 * What `doctor` looks at. A probe reads, asks and gives up in time; it never installs, downloads or changes a thing.
 *
 * @module
 */
import { statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import {
  exists,
  type Finding,
  hostAnswers,
  importOf,
  inNpmCache,
  npmRegistry,
  type Probe,
  type ProbeContext,
  QUESTION_TIMEOUT_MS,
} from "./_doctor_questions.ts";
import { probeClickHouse, probeNats } from "./_doctor_servers.ts";
import { compareVersions, PROJECT_ROOT, run } from "./tools/mod.ts";

/** Oldest Deno that runs this project. */
export const DENO_VERSION_MIN = "2.5.0";

/** Disk below which nothing can start, and below which a day of ticks may not fit. */
export const DISK_FREE_BYTES_MIN = 1024 ** 3;
export const DISK_FREE_BYTES_GOOD = 10 * 1024 ** 3;

/** Memory below which the database cannot start, and below which it is tight. */
export const MEMORY_FREE_BYTES_MIN = 1024 ** 3;
export const MEMORY_FREE_BYTES_GOOD = 3 * 1024 ** 3;

/** Every probe, by the name of its line. */
export const PROBES: Readonly<Record<string, Probe>> = {
  "Deno": probeDeno,
  "nats-server": probeNats,
  "ClickHouse": probeClickHouse,
  "port NATS_PORT": (context) => probePort("NATS_PORT", 4222, "NATS_URL", context),
  "port CLICKHOUSE_PORT": (context) => probePort("CLICKHOUSE_PORT", 8123, "CLICKHOUSE_URL", context),
  "port GATEWAY_PORT": (context) => probePort("GATEWAY_PORT", 8080, undefined, context),
  "disk": probeDisk,
  "memory": probeMemory,
  "Chromium": probeChromium,
  "Docker": probeDocker,
};

export async function probeDeno(): Promise<Finding> {
  const found = `${Deno.version.deno}, ${Deno.build.target}`;
  if (compareVersions(Deno.version.deno, DENO_VERSION_MIN) >= 0) return { name: "Deno", status: "ok", found };
  return {
    name: "Deno",
    status: "missing",
    found,
    advice: [`${DENO_VERSION_MIN} or newer is needed: deno upgrade, or npx deno@latest task dev`],
  };
}

export async function probePort(
  variable: string,
  portDefault: number,
  elsewhere: string | undefined,
  { env }: Pick<ProbeContext, "env">,
): Promise<Finding> {
  const name = `port ${variable}`;
  if (elsewhere !== undefined && env(elsewhere)) return { name, status: "ok", found: `not needed (${elsewhere})` };
  const text = env(variable) || String(portDefault);
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    return { name, status: "missing", found: `"${text}" is no port`, advice: [`set ${variable} to 1…65535`] };
  }
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return { name, status: "ok", found: `${port} is free` };
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      if (!env(variable)) return { name, status: "note", found: `${port} is in use, \`dev\` takes another` };
      const advice = [`stop what listens there (\`deno task dev\` already running?), or set another ${variable}`];
      return { name, status: "missing", found: `${port} is in use`, advice };
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      return { name, status: "missing", found: `${port} needs privileges`, advice: [`set ${variable} above 1023`] };
    }
    throw error;
  }
}

export async function probeDisk({ env }: Pick<ProbeContext, "env">): Promise<Finding> {
  const dataDir = resolve(PROJECT_ROOT, env("DATA_DIR") || ".data");
  const { bavail, bsize } = await statfs(await existingParent(dataDir));
  return judgeSize("disk", bavail * bsize, {
    min: DISK_FREE_BYTES_MIN,
    good: DISK_FREE_BYTES_GOOD,
    where: ` at ${dataDir}`,
    advice: "make room, or set DATA_DIR to another disk",
  });
}

export async function probeMemory(): Promise<Finding> {
  return judgeSize("memory", Deno.systemMemoryInfo().available, {
    min: MEMORY_FREE_BYTES_MIN,
    good: MEMORY_FREE_BYTES_GOOD,
    where: "",
    advice: "the embedded database wants more: stop something, or set CLICKHOUSE_URL to a server elsewhere",
  });
}

function judgeSize(
  name: string,
  bytes: number,
  { min, good, where, advice }: { min: number; good: number; where: string; advice: string },
): Finding {
  const found = `${(bytes / 1024 ** 3).toFixed(1)} GiB free${where}`;
  if (bytes >= good) return { name, status: "ok", found };
  return { name, status: bytes < min ? "missing" : "note", found, advice: [advice] };
}

export async function probeChromium({ env, signal }: ProbeContext): Promise<Finding> {
  const name = "Chromium";
  const names = Deno.build.os === "windows"
    ? ["chrome.exe", "msedge.exe"]
    : ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const dirs = (env("PATH") ?? "").split(Deno.build.os === "windows" ? ";" : ":").filter((dir) => dir !== "");
  const paths = [
    ...dirs.flatMap((dir) => names.map((file) => join(dir, file))),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ];
  for (const path of paths) if (await exists(path)) return { name, status: "ok", found: path };
  const specifier = await importOf((key) => key === "@sparticuz/chromium");
  if (specifier !== undefined && `${Deno.build.os}-${Deno.build.arch}` === "linux-x86_64") {
    if (await inNpmCache(specifier)) return { name, status: "ok", found: `${specifier}, cached` };
    if (await hostAnswers(npmRegistry(env), signal)) {
      return { name, status: "note", found: `${specifier}, not cached`, advice: ["the browser tests download it"] };
    }
  }
  return {
    name,
    status: "note",
    found: "none",
    advice: ["only the browser tests need one: install Chromium or Chrome"],
  };
}

export async function probeDocker({ signal }: Pick<ProbeContext, "signal">): Promise<Finding> {
  const name = "Docker";
  const advice = ["only docker-compose.yml needs it"];
  try {
    const options = { timeoutMs: QUESTION_TIMEOUT_MS, signal };
    const [engine, compose] = await Promise.all([
      run("docker", ["version", "--format", "{{.Server.Version}}"], options),
      run("docker", ["compose", "version", "--short"], options),
    ]);
    if (engine.code !== 0) return { name, status: "note", found: "client without an engine", advice };
    const version = engine.stdout.trim();
    if (compose.code !== 0) return { name, status: "note", found: `engine ${version} without compose`, advice };
    return { name, status: "ok", found: `engine ${version}, compose ${compose.stdout.trim()}` };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { name, status: "note", found: "none", advice };
    throw error;
  }
}

async function existingParent(path: string): Promise<string> {
  while (!(await exists(path)) && dirname(path) !== path) path = dirname(path);
  return path;
}
