/**
 * The wall clock.
 *
 * @module
 */
import { US_PER_MS } from "../contract/mod.ts";
import type { Clock } from "../runtime/mod.ts";

export const systemClock = {
  nowMs: () => Date.now(),
  elapsedMs: () => performance.now(),
  nowUs: () => Math.round((performance.timeOrigin + performance.now()) * US_PER_MS),
  every(intervalMs: number, callback: () => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    const timer = setInterval(callback, intervalMs);
    signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  },
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer = setTimeout(done, ms);
      signal?.addEventListener("abort", done, { once: true });
      function done() {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      }
    });
  },
} satisfies Clock & Record<string, unknown>;
