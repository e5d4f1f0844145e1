/**
 * How the live socket stands: always visible, announced only when it changes.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import type { ConnectionPhase, ConnectionState } from "../feed/connection.ts";
import { formatSpan } from "../model/number_format.ts";

export interface ConnectionStatusProps {
  connection: ReadonlySignal<ConnectionState>;
  nowMs: ReadonlySignal<number>;
}

const WORDS: Record<ConnectionPhase, string> = {
  connecting: "Connecting",
  live: "Live",
  stale: "Stale",
  lost: "Reconnecting",
};
/** A shape for each phase, beside its colour. */
const MARKS: Record<ConnectionPhase, string> = { connecting: "○", live: "●", stale: "◐", lost: "✕" };
const COLORS: Record<ConnectionPhase, string> = {
  connecting: "text-muted",
  live: "text-up",
  stale: "bg-warn text-on-warn",
  lost: "bg-bad text-panel",
};

export function ConnectionStatus({ connection, nowMs }: ConnectionStatusProps) {
  const state = connection.value;
  const { phase, sinceMs } = state;
  return (
    <div
      data-testid="connection"
      data-state={phase}
      title={`${WORDS[phase]} since ${new Date(sinceMs).toLocaleTimeString("en-GB")}`}
      class={`gives-way connection whitespace-nowrap rounded-sm px-2 text-2xs ${COLORS[phase]}`}
    >
      <span class="inline-flex flex-none gap-1.5">
        <span aria-hidden="true">{MARKS[phase]}</span>
        <span class="font-semibold" role="status" aria-live="polite">{WORDS[phase]}</span>
      </span>
      <span class={`sm:min-w-[4.5rem] ${phase === "live" ? "" : "hidden sm:inline"}`}>
        {detailOf(state, nowMs.value)}
      </span>
    </div>
  );
}

function detailOf({ phase, sinceMs, lastMessageMs, nextTryMs, delayMs }: ConnectionState, nowMs: number): string {
  switch (phase) {
    case "connecting":
      return formatSpan(nowMs - sinceMs);
    case "live":
      return nowMs - (lastMessageMs ?? nowMs) >= 1500
        ? formatSpan(nowMs - lastMessageMs!)
        : `+${Math.round(delayMs ?? 0)} ms`;
    case "stale":
      return `silent for ${formatSpan(nowMs - sinceMs)}`;
    case "lost":
      return nextTryMs === undefined ? "trying now" : `next try in ${formatSpan(nextTryMs - nowMs)}`;
  }
}
