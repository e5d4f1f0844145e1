/**
 * Feed nodes: write market frames to the log until they are told to stop.
 *
 * @module
 */
import { configured, ownNodeName, runRole } from "./adapters/role.ts";
import { readFeedConfig } from "./feed_config.ts";
import { runFeedNode } from "./feed_node.ts";

const config = configured(() => readFeedConfig(Deno.env.toObject()));

await runRole(config.LOG_LEVEL, async ({ signal, log, ready }) => {
  const node = config.NODE_NAME ?? ownNodeName();
  await runFeedNode({ config, node, signal, log, onReady: () => ready({ node, feeds: config.FEED }) });
});
