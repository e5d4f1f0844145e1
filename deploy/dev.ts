/**
 * Everything on one machine, by one command: NATS, ClickHouse, an actor node, the gateway and a feed.
 *
 * A server whose URL is configured is used, not started. Ports are the usual ones where they are free and any free ones
 * otherwise; a port that is configured is taken or the start fails. Ctrl-C stops everything in reverse order.
 *
 * @module
 */
import { resolve } from "node:path";
import { loadEnvFile } from "node:process";
import { ConfigError, shownUrl } from "../actors/contract/mod.ts";
import { readDevConfig } from "./dev_config.ts";
import { LogWriter, natsService, PROJECT_ROOT, resolveNatsServer, roleService, Supervisor } from "./tools/mod.ts";
import { buildUi } from "./tools/build_ui.ts";

const NATS_PORT_DEFAULT = 4222;
const CLICKHOUSE_PORT_DEFAULT = 8123;
const GATEWAY_PORT_DEFAULT = 8080;
/** Longest a role may take to be ready: its first start fetches its packages, the largest of them some 180 MB. */
const READY_TIMEOUT_MS = 15 * 60_000;
/** Time between two words to whoever waits for the first start. */
const PATIENCE_INTERVAL_MS = 10_000;
const EXIT_FAILED = 1;
const EXIT_CONFIG = 2;

if (import.meta.main) {
  try {
    Deno.exit(await dev());
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(error instanceof ConfigError ? EXIT_CONFIG : EXIT_FAILED);
  }
}

/** Run until stopped; answers the exit status. */
async function dev(): Promise<number> {
  try {
    loadEnvFile(resolve(PROJECT_ROOT, ".env"));
  } catch {
    // A file is not needed.
  }
  const config = readDevConfig(Deno.env.toObject());
  const dataDir = resolve(PROJECT_ROOT, config.DATA_DIR);
  await Deno.mkdir(dataDir, { recursive: true });
  const log = new LogWriter();
  const say = (text: string) => log.line("dev", text);

  await using supervisor = new Supervisor({ log });
  using _signals = supervisor.listen();
  const patience = setInterval(
    () => say("still starting; the first start fetches some 200 MB of programs and packages"),
    PATIENCE_INTERVAL_MS,
  );
  using _patience = { [Symbol.dispose]: () => clearInterval(patience) };
  // Whatever does not depend on another thing begins at once.
  const [natsServer, page] = await Promise.allSettled([
    config.NATS_URL === undefined ? resolveNatsServer({ report: say }) : undefined,
    buildUi(),
  ]);
  if (page.status === "rejected") say(`the page cannot be built: ${(page.reason as Error).message}`);
  if (natsServer.status === "rejected") throw natsServer.reason;

  const env: Record<string, string> = { GATEWAY_HOST: config.GATEWAY_HOST, METRIC_OPTIONS: config.METRIC_OPTIONS };
  const startNats = async () => {
    const nats = await supervisor.run(natsService({
      serverPath: natsServer.value!.path,
      storeDir: resolve(dataDir, "nats"),
      port: choosePort(config.NATS_PORT, NATS_PORT_DEFAULT),
    }));
    return nats.running.url;
  };
  const startClickHouse = async () => {
    const port = choosePort(config.CLICKHOUSE_PORT, CLICKHOUSE_PORT_DEFAULT);
    await supervisor.run(role("clickhouse", "deploy/embedded_clickhouse/main.ts", {
      flags: ["--unstable-no-legacy-abort"],
      args: ["--data", resolve(dataDir, "clickhouse"), "--port", String(port)],
    }));
    return `http://127.0.0.1:${port}`;
  };
  [env.NATS_URL, env.CLICKHOUSE_URL] = await Promise.all([
    config.NATS_URL ?? startNats(),
    config.CLICKHOUSE_URL ?? startClickHouse(),
  ]) as [string, string];

  env.GATEWAY_PORT = String(choosePort(config.GATEWAY_PORT, GATEWAY_PORT_DEFAULT, config.GATEWAY_HOST));
  const [, gateway] = await Promise.all([
    supervisor.run(role("actors", "actors/main.ts", { env })),
    supervisor.run(role("gateway", "gateway/main.ts", { env })),
  ]);
  await supervisor.run(role("feed", "actors/feed_main.ts", { env }));

  clearInterval(patience);
  const { url } = gateway.running.ready as { url: string };
  say(`ready: ${url}   NATS ${shownUrl(env.NATS_URL)}   ClickHouse ${shownUrl(env.CLICKHOUSE_URL)}   data ${dataDir}`);
  const reason = await supervisor.stopped;
  return reason.kind === "failed" ? EXIT_FAILED : 0;
}

interface RoleSpec {
  env?: Record<string, string>;
  args?: string[];
  flags?: string[];
}

/** One of our roles, with the permissions that deno.json names after it. */
function role(name: string, main: string, { env, args = [], flags = [] }: RoleSpec) {
  return roleService({
    name,
    cwd: PROJECT_ROOT,
    env,
    readyTimeoutMs: READY_TIMEOUT_MS,
    args: ["run", "-q", `-P=${name}`, ...flags, main, ...args],
  });
}

/**
 * The port of a server for the whole run, its restarts included: the configured one, any free one for 0, and where none is
 * configured the preferred one unless something listens there.
 */
function choosePort(configured: number | undefined, preferred: number, hostname = "127.0.0.1"): number {
  if (configured !== undefined && configured !== 0) return configured;
  for (const port of configured === 0 ? [0] : [preferred, 0]) {
    try {
      using listener = Deno.listen({ hostname, port });
      return listener.addr.port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Error(`Cannot find a free port on ${hostname}`);
}
