/**
 * nats-server from Debian's newest suites, without root and without installing anything.
 *
 * `apt-get update` and `apt-get download` run under state directories of our own with one source line, so the signature
 * chain of the machine's Debian keyring holds and the system's lists stay as they are; `dpkg -x` unpacks the package. The
 * machine's own `Acquire` settings (proxy, mirrors' certificates) are taken over, its hooks are not.
 *
 * @module
 */
import { join } from "node:path";
import type { ReadEnv } from "./_project.ts";
import { run } from "./_run.ts";

/** Suites in the order they are tried; the first whose package is new enough ends the search. */
export const DEBIAN_SUITES = ["forky", "sid"] as const;

/** Used when the machine's own configuration names no Debian mirror, and after one that fails. */
export const DEBIAN_MIRROR = "http://deb.debian.org/debian";

/** Lists (about 11 MB) and package (about 5 MB) of one suite; longer and the command is killed. */
export const APT_TIMEOUT_MS = 180_000;

/** How long apt waits for a silent server. */
export const APT_HTTP_TIMEOUT_S = 10;

/** Settings of the machine that are asked for and unpacked locally. */
const LOCAL_COMMAND_TIMEOUT_MS = 30_000;

const PACKAGE = "nats-server";
const KEYRINGS = [
  "/usr/share/keyrings/debian-archive-keyring.gpg",
  "/usr/share/keyrings/debian-archive-keyring.pgp",
];

export interface DebianOptions {
  suite: string;
  mirror: string;
  signal?: AbortSignal;
}

/** Why this machine cannot use Debian's packages, or `undefined` when it can. */
export async function debianProblem(env: ReadEnv): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "not Debian";
  if (await debianKeyring() === undefined) return "not Debian (no debian-archive-keyring)";
  for (const tool of ["apt-get", "apt-config", "apt-cache", "dpkg"]) {
    if (!(await onPath(tool, env))) return `not Debian (no ${tool} on PATH)`;
  }
  return undefined;
}

/** Debian mirrors to ask: the machine's own first, then the public one. */
export async function debianMirrors(etcApt = "/etc/apt"): Promise<string[]> {
  const texts: { name: string; text: string }[] = [];
  const add = async (path: string) => {
    try {
      texts.push({ name: path, text: await Deno.readTextFile(path) });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return;
      throw error;
    }
  };
  await add(join(etcApt, "sources.list"));
  try {
    const names = (await Array.fromAsync(Deno.readDir(join(etcApt, "sources.list.d")))).map((entry) => entry.name);
    for (const name of names.sort()) {
      if (/\.(list|sources)$/.test(name)) await add(join(etcApt, "sources.list.d", name));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const own = texts.flatMap(({ name, text }) => name.endsWith(".sources") ? urisOfDeb822(text) : urisOfList(text));
  return [...new Set([...own.filter(isDebianArchive), DEBIAN_MIRROR])];
}

/**
 * Downloads the package of one suite into `stage` and returns its binary.
 * @throws {Error} whatever went wrong, in a sentence for people; the caller goes on to the next suite
 */
export async function fetchDebianPackage(stage: string, options: DebianOptions): Promise<string> {
  const { suite, mirror, signal } = options;
  for (const dir of ["state/lists/partial", "cache/archives/partial", "etc/parts", "package", "root"]) {
    await Deno.mkdir(join(stage, dir), { recursive: true });
  }
  const keyring = await debianKeyring();
  await Deno.writeTextFile(
    join(stage, "etc/sources.list"),
    `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`,
  );
  await Deno.writeTextFile(join(stage, "etc/status"), "");
  const env = { APT_CONFIG: join(stage, "etc/apt.conf"), LC_ALL: "C.UTF-8", DEBIAN_FRONTEND: "noninteractive" };
  await Deno.writeTextFile(env.APT_CONFIG, await aptSettings(stage, signal));
  const apt = async (what: string, args: string[]) => {
    const result = await run("apt-get", args, { timeoutMs: APT_TIMEOUT_MS, env, cwd: join(stage, "package"), signal });
    if (result.timedOut) throw new Error(`apt-get ${what} took longer than ${APT_TIMEOUT_MS} ms`);
    if (result.code !== 0) throw new Error(`apt-get ${what} failed: ${firstErrors(result.stderr)}`);
  };
  await apt("update", ["--error-on=any", "update"]);
  await apt("download", ["download", PACKAGE]);
  const packages = (await Array.fromAsync(Deno.readDir(join(stage, "package")))).map((entry) => entry.name);
  const file = packages.find((name) => name.endsWith(".deb"));
  if (file === undefined) throw new Error(`apt-get download left no package`);
  const unpacked = await run("dpkg", ["-x", join(stage, "package", file), join(stage, "root")], {
    timeoutMs: LOCAL_COMMAND_TIMEOUT_MS,
    signal,
  });
  if (unpacked.code !== 0) throw new Error(`dpkg -x failed: ${firstErrors(unpacked.stderr)}`);
  return join(stage, "root/usr/sbin/nats-server");
}

/** Our own apt.conf: everything below `stage`, none of the machine's files but its `Acquire` settings. */
async function aptSettings(stage: string, signal?: AbortSignal): Promise<string> {
  const dump = await run("apt-config", ["dump"], { timeoutMs: LOCAL_COMMAND_TIMEOUT_MS, signal });
  const acquire = dump.stdout.split("\n").filter((line) => line.startsWith("Acquire::"));
  return [
    ...acquire,
    `Acquire::Languages "none";`,
    `Acquire::Retries "1";`,
    `Acquire::http::Timeout "${APT_HTTP_TIMEOUT_S}";`,
    `Acquire::https::Timeout "${APT_HTTP_TIMEOUT_S}";`,
    `APT::Sandbox::User "root";`,
    `Debug::NoLocking "1";`,
    `Dir::State "${stage}/state";`,
    `Dir::State::status "${stage}/etc/status";`,
    `Dir::Cache "${stage}/cache";`,
    `Dir::Etc::sourcelist "${stage}/etc/sources.list";`,
    `Dir::Etc::sourceparts "-";`,
    `Dir::Etc::main "${stage}/etc/none";`,
    `Dir::Etc::parts "${stage}/etc/parts";`,
    `Dir::Etc::preferences "${stage}/etc/none";`,
    `Dir::Etc::preferencesparts "${stage}/etc/parts";`,
    "",
  ].join("\n");
}

function urisOfList(text: string): string[] {
  const uris: string[] = [];
  for (const line of text.split("\n")) {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+\S+/.exec(line);
    if (match?.[1]) uris.push(match[1]);
  }
  return uris;
}

function urisOfDeb822(text: string): string[] {
  const uris: string[] = [];
  for (const stanza of text.split(/\n\s*\n/)) {
    const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, "mi").exec(stanza)?.[1]?.trim();
    if (/^(no|false|0|off)$/i.test(field("Enabled") ?? "")) continue;
    if (!field("Types")?.split(/\s+/).includes("deb")) continue;
    uris.push(...(field("URIs") ?? "").split(/\s+/).filter((uri) => uri !== ""));
  }
  return uris;
}

/** A mirror of the main archive; `debian-security` and third parties have no nats-server. */
function isDebianArchive(uri: string): boolean {
  return /^(https?|file):\/\/\S+\/debian\/?$/.test(uri);
}

async function debianKeyring(): Promise<string | undefined> {
  for (const path of KEYRINGS) if (await isFile(path)) return path;
  return undefined;
}

async function onPath(tool: string, env: ReadEnv): Promise<boolean> {
  for (const dir of (env("PATH") ?? "").split(":")) {
    if (dir !== "" && await isFile(join(dir, tool))) return true;
  }
  return false;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}

/** The `E:` lines of apt, or the end of what it said, on one line. */
function firstErrors(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const errors = lines.filter((line) => line.startsWith("E:"));
  return (errors.length > 0 ? errors.slice(0, 2) : lines.slice(-2)).join(" ") || "no message";
}
