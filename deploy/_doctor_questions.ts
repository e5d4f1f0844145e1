/**
 * The shape of a finding, and questions that several probes ask.
 *
 * @module
 */
import { join } from "node:path";
import { PROJECT_ROOT, type ReadEnv, run } from "./tools/mod.ts";

/** How long a host, a server or a command may take to answer one question. */
export const QUESTION_TIMEOUT_MS = 3_000;

/** `ok`; `note`: worth knowing, `dev` runs all the same; `missing`: `dev` cannot run. */
export type Status = "ok" | "note" | "missing";

/** One line of the report. */
export interface Finding {
  name: string;
  status: Status;
  /** What is there. */
  found: string;
  /** How to get what is not. */
  advice?: string[];
}

export interface ProbeContext {
  env: ReadEnv;
  /** Whether to fetch a nats-server when none is here. */
  fetch: boolean;
  signal: AbortSignal;
}

export type Probe = (context: ProbeContext) => Promise<Finding>;

/** `npm:name@version` of the first import in deno.json whose key matches, without `npm:`. */
export async function importOf(matches: (key: string) => boolean): Promise<string | undefined> {
  const text = await Deno.readTextFile(join(PROJECT_ROOT, "deno.json"));
  const { imports = {} } = JSON.parse(text) as { imports?: Record<string, string> };
  return Object.entries(imports).find(([key]) => matches(key))?.[1].replace(/^npm:/, "");
}

/** Platform as npm packages name it, `linux-x64`. */
export function platformOfNpm(): string {
  const arch = { x86_64: "x64", aarch64: "arm64" }[Deno.build.arch];
  return `${Deno.build.os === "windows" ? "win32" : Deno.build.os}-${arch}`;
}

export async function inNpmCache(specifier: string): Promise<boolean> {
  const at = specifier.lastIndexOf("@");
  const info = await run(Deno.execPath(), ["info", "--json"], { timeoutMs: QUESTION_TIMEOUT_MS });
  if (info.code !== 0) return false;
  const { npmCache } = JSON.parse(info.stdout) as { npmCache: string };
  if (!(await exists(npmCache))) return false;
  // One folder per registry.
  for await (const registry of Deno.readDir(npmCache)) {
    const path = join(npmCache, registry.name, specifier.slice(0, at), specifier.slice(at + 1), "package.json");
    if (await exists(path)) return true;
  }
  return false;
}

export function npmRegistry(env: ReadEnv): string {
  return env("NPM_CONFIG_REGISTRY") || "https://registry.npmjs.org/";
}

/** Whether a web server is there at all; what it answers does not matter. */
export async function hostAnswers(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, { method: "HEAD", redirect: "manual", signal: questionSignal(signal) });
    await response.body?.cancel();
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

export function questionSignal(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(QUESTION_TIMEOUT_MS)]);
}

export async function within<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const question = questionSignal(signal);
  const { promise: late, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(question.reason);
  question.addEventListener("abort", onAbort);
  try {
    return await Promise.race([promise, late]);
  } finally {
    question.removeEventListener("abort", onAbort);
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  }
}
