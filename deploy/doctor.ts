/**
 * `deno task doctor [--fetch] [--json]`: what is found, what is missing, how to get it.
 *
 * Ends with 0 when `deno task dev` can run, with 1 otherwise. `--fetch` also fetches a nats-server when there is none.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { PROBES } from "./_doctor_probes.ts";
import type { Finding, Probe, Status } from "./_doctor_questions.ts";
import type { ReadEnv } from "./tools/mod.ts";

export type { Finding, Probe, Status };

/** Longest time for one probe; then it is reported as without an answer. */
export const PROBE_TIMEOUT_MS = 8_000;

/** The same with `--fetch`, which may download a server. */
export const FETCH_PROBE_TIMEOUT_MS = 10 * 60_000;

export interface Diagnosis {
  /** Whether `deno task dev` can run. */
  canRun: boolean;
  findings: Finding[];
}

export interface ExamineOptions {
  /** @default {Deno.env.get} */
  env?: ReadEnv;
  /** Whether to fetch a nats-server when none is here. @default {false} */
  fetch?: boolean;
  /** @default {PROBE_TIMEOUT_MS}, or {FETCH_PROBE_TIMEOUT_MS} with `fetch` */
  timeoutMs?: number;
  /** @default every probe */
  probes?: Readonly<Record<string, Probe>>;
}

/** Runs all probes at once and judges. A probe that fails or is late is a finding, never an error. */
export async function examine(options: ExamineOptions = {}): Promise<Diagnosis> {
  const { env = (name) => Deno.env.get(name), fetch = false, probes = PROBES } = options;
  const { timeoutMs = fetch ? FETCH_PROBE_TIMEOUT_MS : PROBE_TIMEOUT_MS } = options;
  const findings = await Promise.all(
    Object.entries(probes).map(([name, probe]) => examineOne(name, probe, { env, fetch, timeoutMs })),
  );
  return { canRun: findings.every((finding) => finding.status !== "missing"), findings };
}

async function examineOne(
  name: string,
  probe: Probe,
  { env, fetch, timeoutMs }: { env: ReadEnv; fetch: boolean; timeoutMs: number },
): Promise<Finding> {
  const stop = new AbortController();
  const { promise: late, resolve } = Promise.withResolvers<Finding>();
  const timer = setTimeout(() => {
    resolve({ name, status: "note", found: `no answer in ${timeoutMs} ms` });
    stop.abort();
  }, timeoutMs);
  const asked = probe({ env, fetch, signal: stop.signal }).catch((error): Finding => {
    return { name, status: "note", found: `cannot tell: ${error instanceof Error ? error.message : error}` };
  });
  try {
    return await Promise.race([late, asked]);
  } finally {
    clearTimeout(timer);
  }
}

/** The diagnosis as a table for people. */
export function formatDiagnosis(diagnosis: Diagnosis, options: { colour?: boolean } = {}): string {
  const paint = (code: number, text: string) => options.colour ? `\x1b[${code}m${text}\x1b[39m` : text;
  const marks: Record<Status, string> = { ok: paint(32, "ok  "), note: paint(33, "note"), missing: paint(31, "MISS") };
  const width = Math.max(...diagnosis.findings.map((finding) => finding.name.length));
  const lines = diagnosis.findings.flatMap(({ name, status, found, advice = [] }) => [
    `${marks[status]}  ${name.padEnd(width)}  ${found}`,
    ...advice.map((line) => `      ${"".padEnd(width)}  - ${line}`),
  ]);
  const verdict = diagnosis.canRun
    ? paint(32, "`deno task dev` can run.")
    : paint(31, "`deno task dev` cannot run: see MISS above.");
  return [...lines, "", verdict].join("\n");
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: { fetch: { type: "boolean", default: false }, json: { type: "boolean", default: false } },
  });
  const diagnosis = await examine({ fetch: values.fetch });
  const colour = Deno.stdout.isTerminal() && !Deno.noColor;
  console.log(values.json ? JSON.stringify(diagnosis, undefined, 2) : formatDiagnosis(diagnosis, { colour }));
  Deno.exit(diagnosis.canRun ? 0 : 1);
}
