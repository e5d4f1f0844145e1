/**
 * Many simulated markets in threads of this process, as many at a time as asked for; the answers stand in the order of the questions.
 *
 * @module
 */
import type { MarketRun, MarketRunOptions } from "./evaluation/mod.ts";

export interface MarketRunsOptions {
  /** Threads. */
  jobs: number;
  signal: AbortSignal;
  onDone(count: number): void;
}

/**
 * Run them all. Once the signal aborts, those that are not done are left out.
 *
 * @throws what a market threw; no further one is begun then.
 */
export async function runMarkets(
  markets: readonly MarketRunOptions[],
  { jobs, signal, onDone }: MarketRunsOptions,
): Promise<MarketRun[]> {
  const runs: (MarketRun | undefined)[] = markets.map(() => undefined);
  let next = 0;
  let doneCount = 0;
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  signal.addEventListener("abort", () => resolve(undefined), { once: true });

  async function work(): Promise<void> {
    const worker = new Worker(new URL("./market_run_worker.ts", import.meta.url), { type: "module" });
    try {
      while (next < markets.length && !signal.aborted) {
        const index = next++;
        const run = await Promise.race([ask(worker, markets[index]!), aborted]);
        if (run === undefined) return;
        runs[index] = run;
        onDone(++doneCount);
      }
    } catch (error) {
      next = markets.length;
      throw error;
    } finally {
      worker.terminate();
    }
  }

  await Promise.all(Array.from({ length: Math.min(jobs, markets.length) }, work));
  return runs.filter((run) => run !== undefined);
}

function ask(worker: Worker, market: MarketRunOptions): Promise<MarketRun> {
  const { promise, resolve, reject } = Promise.withResolvers<MarketRun>();
  worker.onmessage = ({ data }: MessageEvent<MarketRun>) => resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  worker.postMessage(market);
  return promise;
}
