/**
 * The embedded ClickHouse server, a process of its own:
 * `main.ts --data DIR [--host 127.0.0.1] [--port 0] [--exit-with-parent]`.
 *
 * Writes one line to stdout once it listens, `READY {"url":"http://127.0.0.1:PORT"}`, and logs to stderr. SIGTERM and
 * SIGINT end it: no new connections, running queries have {@linkcode STOP_GRACE_MS} to finish and are stopped then, the
 * engine is closed, exit code 0. With `--exit-with-parent` the end of stdin does the same, so that nothing is left behind
 * when the parent is killed.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { lockDataDirectory } from "./data_directory.ts";
import { openEngine } from "./engine.ts";
import { createServer } from "./http_server.ts";

/** How long running queries may take to finish once the process has been told to stop. */
export const STOP_GRACE_MS = 3000;

/** How long after {@linkcode STOP_GRACE_MS} the process waits for stopped queries, and for the engine to close. */
export const STOP_FORCE_MS = 5000;

/** Runs the server until it is told to stop. Resolves with the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: "string" },
      host: { type: "string", default: "127.0.0.1" },
      port: { type: "string", default: "0" },
      "exit-with-parent": { type: "boolean", default: false },
    },
  });
  const { data: dataDir, host } = values;
  const port = Number(values.port);
  if (dataDir === undefined) throw new TypeError("--data DIR is missing");
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new RangeError(`--port ${values.port} is not a port`);

  const stop = stopSignal({ onStdinEnd: values["exit-with-parent"] });
  using _lock = await lockDataDirectory(dataDir);
  const engine = await openEngine({ dataDir });
  const server = await createServer(engine, { displayName: Deno.hostname() });
  let listener: Deno.HttpServer<Deno.NetAddr>;
  try {
    listener = Deno.serve({
      hostname: host,
      port,
      handler: (request) => server.fetch(request),
      onListen({ port }) {
        const address = host.includes(":") ? `[${host}]` : host;
        console.log(`READY ${JSON.stringify({ url: `http://${address}:${port}` })}`);
      },
    });
  } catch (error) {
    await engine.close();
    if (error instanceof Deno.errors.AddrInUse) throw new Error(`Port ${port} on ${host} is in use`, { cause: error });
    throw error;
  }
  console.error(`ClickHouse engine ${engine.version} on "${dataDir}"`);

  console.error(`Stopping: ${await stop}`);
  const forced = setTimeout(() => {
    console.error(`Queries did not stop within ${STOP_GRACE_MS + STOP_FORCE_MS} ms: leaving without them`);
    Deno.exit(0);
  }, STOP_GRACE_MS + STOP_FORCE_MS);
  const drained = listener.shutdown();
  await server.close({ graceMs: STOP_GRACE_MS });
  await drained;
  await engine.close();
  clearTimeout(forced);
  return 0;
}

/** Resolves with the reason when the process is told to stop. */
function stopSignal({ onStdinEnd }: { onStdinEnd: boolean }): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, () => resolve(signal));
  if (onStdinEnd) {
    Deno.stdin.readable.pipeTo(new WritableStream()).finally(() => resolve("stdin ended")).catch(() => {});
  }
  return promise;
}

if (import.meta.main) {
  // `Deno.exit` and not the end of the event loop: threads of the pool that have run engine code must not be torn down.
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    console.error(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    Deno.exit(1);
  }
}
