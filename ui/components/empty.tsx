/**
 * Shown while no pair has data: what is missing, and what to do.
 *
 * @module
 */
import type { ConnectionPhase } from "../feed/connection.ts";

export function Empty({ phase }: { phase: ConnectionPhase }) {
  if (phase === "connecting") {
    return <p data-testid="empty" class="p-8 text-center text-muted">Connecting to the gateway…</p>;
  }
  return (
    <section data-testid="empty" class="mx-auto max-w-xl p-8 text-left">
      <h2 class="mb-2 text-lg font-semibold">No market data yet</h2>
      <p class="mb-4 text-muted">
        {phase === "live"
          ? "The gateway is connected and waits for the first quote. Start a feed; prices appear here by themselves."
          : "Prices appear here once the gateway is reached and a feed runs."}
      </p>
      <ul class="m-0 grid list-none gap-2 p-0">
        <Way command="deno task dev" text="everything on this machine, with simulated markets" />
        <Way command="deno task replay FILE" text="a recording, at any speed" />
        <Way command="deno task feed" text="one feed of your own, beside actors and gateway" />
      </ul>
    </section>
  );
}

function Way({ command, text }: { command: string; text: string }) {
  return (
    <li class="flex flex-wrap items-baseline gap-x-3">
      <code>{command}</code>
      <span class="text-muted">{text}</span>
    </li>
  );
}
