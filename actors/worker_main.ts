/**
 * A thread that is an actor node. Started by `workers.ts` only.
 *
 * @module
 */
import { logger } from "./adapters/role.ts";
import { runActorNode } from "./node.ts";
import type { WorkerNews, WorkerOrder } from "./workers.ts";

const thread = self as unknown as {
  onmessage: (event: MessageEvent<WorkerOrder>) => void;
  postMessage(news: WorkerNews): void;
};
const stop = new AbortController();

thread.onmessage = async ({ data }) => {
  if (data.type === "stop") return stop.abort();
  const { config, node } = data;
  const write = logger(config.LOG_LEVEL);
  try {
    await runActorNode({
      config,
      node,
      signal: stop.signal,
      log: (level, text) => write(level, `${node}: ${text}`),
      onReady: () => thread.postMessage({ type: "ready" }),
    });
    thread.postMessage({ type: "ended" });
  } catch (error) {
    thread.postMessage({ type: "ended", error: (error as Error).message });
  }
};
thread.postMessage({ type: "loaded" });
