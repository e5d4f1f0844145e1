/**
 * A thread that runs simulated markets, one after another. Started by `market_runs.ts` only.
 *
 * @module
 */
import { type MarketRun, type MarketRunOptions, runMarket } from "./evaluation/mod.ts";

const thread = self as unknown as {
  onmessage: (event: MessageEvent<MarketRunOptions>) => void;
  postMessage(run: MarketRun): void;
};
thread.onmessage = ({ data }) => thread.postMessage(runMarket(data));
