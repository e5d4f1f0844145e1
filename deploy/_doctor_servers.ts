/**
 * Whether there is a NATS and a ClickHouse: one to start, or one that runs elsewhere.
 *
 * @module
 */
import { serverUrls } from "../actors/contract/mod.ts";
import {
  type Finding,
  hostAnswers,
  importOf,
  inNpmCache,
  npmRegistry,
  platformOfNpm,
  type ProbeContext,
  questionSignal,
  within,
} from "./_doctor_questions.ts";
import {
  compareVersions,
  debianMirrors,
  debianProblem,
  howToGetNatsServer,
  NATS_SERVER_RELEASE_URL,
  NATS_SERVER_VERSION_MIN,
  NatsServerNotFoundError,
  type ReadEnv,
  resolveNatsServer,
} from "./tools/mod.ts";

export async function probeNats({ env, fetch, signal }: ProbeContext): Promise<Finding> {
  const name = "nats-server";
  const url = env("NATS_URL");
  if (url) return { name, ...await probeNatsUrl(url, signal) };
  try {
    const server = await resolveNatsServer({ env, fetch, signal });
    return { name, status: "ok", found: `${server.version}, ${server.path}` };
  } catch (error) {
    if (!(error instanceof NatsServerNotFoundError)) throw error;
    const found = `none ${NATS_SERVER_VERSION_MIN} or newer`;
    const places = error.attempts.map((attempt) => `${attempt.place}: ${attempt.found}`);
    const source = fetch ? undefined : await natsSource(env, signal);
    if (source === undefined) return { name, status: "missing", found, advice: [...places, ...howToGetNatsServer()] };
    const advice = [...places, `${source} answers: the first start fetches it, or now with --fetch`];
    return { name, status: "note", found, advice };
  }
}

async function natsSource(env: ReadEnv, signal: AbortSignal): Promise<string | undefined> {
  const mirrors = await debianProblem(env) === undefined ? await debianMirrors() : [];
  const sources = [NATS_SERVER_RELEASE_URL, ...mirrors.filter((mirror) => mirror.startsWith("http"))];
  const answers = await Promise.all(sources.map((source) => hostAnswers(source, signal)));
  return sources.find((_source, i) => answers[i]);
}

async function probeNatsUrl(url: string, signal: AbortSignal): Promise<Omit<Finding, "name">> {
  const [address] = serverUrls(url.includes("://") ? url : `nats://${url}`) as [URL, ...URL[]];
  try {
    const info = await natsInfo(address.hostname, Number(address.port || 4222), signal);
    const found = `${info.version} at ${address.host} (NATS_URL)`;
    if (compareVersions(info.version, NATS_SERVER_VERSION_MIN) < 0) {
      return { status: "missing", found, advice: [`${NATS_SERVER_VERSION_MIN} or newer is needed`] };
    }
    if (!info.jetstream) return { status: "missing", found, advice: ["start that server with JetStream (-js)"] };
    return { status: "ok", found };
  } catch (error) {
    signal.throwIfAborted();
    const advice = ["start that server, or unset NATS_URL to have one started"];
    return { status: "missing", found: `no server at ${address.host} (NATS_URL): ${message(error)}`, advice };
  }
}

/** The first line of a server, `INFO {json}`. */
async function natsInfo(hostname: string, port: number, signal: AbortSignal) {
  using connection = await within(Deno.connect({ hostname, port }), signal);
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(16 * 1024);
  let text = "";
  while (!text.includes("\r\n") && text.length < buffer.length) {
    const size = await within(connection.read(buffer), signal);
    if (size === null) break;
    text += decoder.decode(buffer.subarray(0, size), { stream: true });
  }
  return JSON.parse(text.slice("INFO ".length)) as { version: string; jetstream?: boolean };
}

export async function probeClickHouse({ env, signal }: ProbeContext): Promise<Finding> {
  const name = "ClickHouse";
  const url = env("CLICKHOUSE_URL");
  if (url) return { name, ...await probeClickHouseUrl(url, env, signal) };
  const elsewhere = "set CLICKHOUSE_URL to a ClickHouse server";
  const specifier = await importOf((key) => key.startsWith(`@chdb/lib-${platformOfNpm()}`));
  if (specifier === undefined) {
    return { name, status: "missing", found: `no embedded engine for ${Deno.build.target}`, advice: [elsewhere] };
  }
  const found = `embedded ${specifier}`;
  if (await inNpmCache(specifier)) return { name, status: "ok", found: `${found}, cached` };
  if (await hostAnswers(npmRegistry(env), signal)) {
    return { name, status: "note", found: `${found}, not cached`, advice: ["the first start downloads it"] };
  }
  const advice = [`${npmRegistry(env)} does not answer: set NPM_CONFIG_REGISTRY to a registry that does`, elsewhere];
  return { name, status: "missing", found: `${found}, not cached`, advice };
}

async function probeClickHouseUrl(
  text: string,
  env: ReadEnv,
  signal: AbortSignal,
): Promise<Omit<Finding, "name">> {
  const url = new URL(text);
  const headers = {
    "X-ClickHouse-User": env("CLICKHOUSE_USER") || decodeURIComponent(url.username) || "default",
    "X-ClickHouse-Key": env("CLICKHOUSE_PASSWORD") || decodeURIComponent(url.password),
  };
  const query = new URL("/", url.origin);
  query.searchParams.set("query", "SELECT version()");
  try {
    const response = await fetch(query, { headers, signal: questionSignal(signal) });
    const body = (await response.text()).trim();
    if (response.ok) return { status: "ok", found: `${body} at ${url.host} (CLICKHOUSE_URL)` };
    const advice = ["check CLICKHOUSE_URL, CLICKHOUSE_USER and CLICKHOUSE_PASSWORD"];
    return { status: "missing", found: `${url.host} answers ${response.status}: ${body.slice(0, 200)}`, advice };
  } catch (error) {
    signal.throwIfAborted();
    const advice = ["start that server, or unset CLICKHOUSE_URL to use the embedded one"];
    return { status: "missing", found: `no server at ${url.host} (CLICKHOUSE_URL): ${message(error)}`, advice };
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
