/**
 * The direction of the newest change: an arrow as well as a colour.
 *
 * @module
 */
import type { Tick } from "../model/pair_state.ts";

/** For `data-tick`: a value that differs from the one before, so that the flash starts again. */
export function tickKey(tick: Tick | undefined): string | undefined {
  return tick === undefined ? undefined : `${tick.direction}-${tick.count % 2}`;
}

/** Keeps its place when there is no direction yet. */
export function TickArrow({ tick }: { tick: Tick | undefined }) {
  const color = tick === undefined ? "" : tick.direction === "up" ? "text-up" : "text-down";
  return (
    <span aria-hidden="true" class={`inline-block w-3 text-center text-[0.7em] ${color}`}>
      {tick === undefined ? "" : tick.direction === "up" ? "▲" : "▼"}
    </span>
  );
}
