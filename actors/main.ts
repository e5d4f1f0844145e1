/**
 * Actor nodes: one in this process, or with `--workers N` so many in threads of their own.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { configured, ownNodeName, runRole } from "./adapters/role.ts";
import { readActorsConfig } from "./config.ts";
import { ConfigError } from "./contract/mod.ts";
import { runActorNode } from "./node.ts";
import { runWorkers } from "./workers.ts";

/** More threads than this are better spread over machines. */
const WORKERS_MAX = 64;

const config = configured(() => readActorsConfig(Deno.env.toObject()));
const workerCount = configured(() => readWorkerCount(Deno.args));

await runRole(config.LOG_LEVEL, async ({ signal, log, ready }) => {
  const node = config.NODE_NAME ?? ownNodeName();
  if (workerCount === 0) {
    await runActorNode({ config, node, signal, log, onReady: () => ready({ node, pairs: config.PAIRS }) });
    return;
  }
  const nodes = Array.from({ length: workerCount }, (_, i) => `${node}-${i + 1}`);
  await runWorkers({ config, nodes, signal, log, onReady: () => ready({ node, nodes, pairs: config.PAIRS }) });
});

/** @throws {ConfigError} */
function readWorkerCount(args: string[]): number {
  const { values } = parseArgs({
    args,
    options: { workers: { type: "string", default: "0" }, "exit-with-parent": { type: "boolean" } },
    strict: false,
  });
  const count = Number(values.workers);
  if (Number.isInteger(count) && count >= 0 && count <= WORKERS_MAX) return count;
  throw new ConfigError([
    `--workers ${JSON.stringify(values.workers)}: expected a whole number from 0 to ${WORKERS_MAX}`,
  ]);
}
