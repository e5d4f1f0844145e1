/**
 * Actor nodes in threads of this process, each a node of its own with its own connection.
 *
 * A thread that dies takes nothing along: its pairs go to the others, as those of any node, and it is started anew.
 *
 * @module
 */
import { systemClock } from "./adapters/clock.ts";
import type { readActorsConfig } from "./config.ts";
import type { LogLine } from "./runtime/mod.ts";

/** Pause before a thread that died is started anew; doubled each time up to the longest, and forgotten after a good while. */
const RESTART_MS_MIN = 500;
const RESTART_MS_MAX = 30_000;
const GOOD_WHILE_MS = 60_000;

/** To a thread: what it shall be, or that it shall end. */
export type WorkerOrder =
  | { type: "run"; config: ReturnType<typeof readActorsConfig>; node: string }
  | { type: "stop" };
/** From a thread. */
export type WorkerNews = { type: "loaded" } | { type: "ready" } | { type: "ended"; error?: string };

export interface WorkersOptions {
  config: ReturnType<typeof readActorsConfig>;
  nodes: readonly string[];
  signal: AbortSignal;
  log: LogLine;
  onReady(): void;
}

/** Run a thread for each node until the signal aborts and all of them have handed over. */
export async function runWorkers({ config, nodes, signal, log, onReady }: WorkersOptions): Promise<void> {
  const waiting = new Set(nodes);
  const ready = (node: string) => {
    if (waiting.delete(node) && waiting.size === 0) onReady();
  };
  await Promise.all(nodes.map(async (node) => {
    let pauseMs = RESTART_MS_MIN;
    while (!signal.aborted) {
      const startedMs = systemClock.elapsedMs();
      const error = await runThread({ config, node, signal, onReady: () => ready(node) });
      if (signal.aborted) break;
      if (systemClock.elapsedMs() - startedMs > GOOD_WHILE_MS) pauseMs = RESTART_MS_MIN;
      log("error", `thread of node ${node} ended, starting anew in ${pauseMs} ms: ${error ?? "without a word"}`);
      await systemClock.sleep(pauseMs, signal);
      pauseMs = Math.min(2 * pauseMs, RESTART_MS_MAX);
    }
  }));
}

/** One life of a thread; answers why it ended, `undefined` where it was told to. */
async function runThread({ config, node, signal, onReady }: {
  config: WorkersOptions["config"];
  node: string;
  signal: AbortSignal;
  onReady(): void;
}): Promise<string | undefined> {
  const worker = new Worker(new URL("./worker_main.ts", import.meta.url), { type: "module", name: node });
  const order = (message: WorkerOrder) => worker.postMessage(message);
  const stop = () => order({ type: "stop" });
  const { promise: ended, resolve } = Promise.withResolvers<string | undefined>();
  worker.onmessage = ({ data }: MessageEvent<WorkerNews>) => {
    if (data.type === "loaded") order({ type: "run", config, node });
    if (data.type === "ready") onReady();
    if (data.type === "ended") resolve(data.error);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    resolve(event.message);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await ended;
  } finally {
    signal.removeEventListener("abort", stop);
    worker.terminate();
  }
}
