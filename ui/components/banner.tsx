/**
 * What a dealer must know before trading on what is shown: the prices are not live, and what to do about it.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import type { ConnectionState } from "../feed/connection.ts";
import { formatSpan } from "../model/number_format.ts";

export interface BannerProps {
  connection: ReadonlySignal<ConnectionState>;
  nowMs: ReadonlySignal<number>;
  onRetry: () => void;
}

export function Banner({ connection, nowMs, onRetry }: BannerProps) {
  const { phase, sinceMs, failedAttempts, lastMessageMs } = connection.value;
  if (phase !== "lost" && phase !== "stale") return null;
  const since = new Date(sinceMs).toLocaleTimeString("en-GB");
  const forText = formatSpan(nowMs.value - sinceMs);
  return (
    <div
      data-testid="banner"
      class={`flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2 ${
        phase === "lost" ? "bg-bad text-panel" : "bg-warn text-on-warn"
      }`}
    >
      <strong class="font-semibold">
        {phase === "stale"
          ? `No message since ${since} (${forText}). Prices may be old.`
          : lastMessageMs === undefined
          ? "The gateway cannot be reached."
          : `Connection lost at ${since} (${forText}). Prices are not live: do not trade on them.`}
      </strong>
      {phase === "lost" && (
        <>
          <span>
            This page reconnects by itself{failedAttempts > 3 &&
              ". If it stays so, check that the gateway runs and that this machine reaches it"}.
          </span>
          <button type="button" class="rounded-sm border border-current px-3 py-0.5 font-semibold" onClick={onRetry}>
            Try now
          </button>
        </>
      )}
    </div>
  );
}
