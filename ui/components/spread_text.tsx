/**
 * The spread in pips beside its time-weighted mean; what is far from the mean stands out by shape, not by hue alone.
 *
 * @module
 */
import { formatNumber } from "../model/number_format.ts";
import type { SpreadLevel, SpreadView } from "../model/pair_state.ts";

const LOOKS: Record<SpreadLevel, string> = {
  "normal": "",
  "wide": "border border-warn-edge rounded-sm",
  "very-wide": "bg-warn text-on-warn rounded-sm font-semibold",
  "crossed": "bg-bad text-panel rounded-sm font-semibold",
};

export function SpreadText({ spread, testId }: { spread: SpreadView | undefined; testId?: string }) {
  if (spread === undefined) return <span data-testid={testId} class="text-muted" title="The book is one-sided">–</span>;
  const { pips, meanPips, level } = spread;
  const mean = meanPips === undefined ? "warming up" : `${formatNumber(meanPips, 2)} pips`;
  const times = meanPips ? `, ${formatNumber(pips / meanPips, 1)} times the mean` : "";
  return (
    <span
      class="inline-flex items-baseline gap-1 whitespace-nowrap"
      title={`Spread ${formatNumber(pips, 2)} pips${times}; mean over 60 s: ${mean}`}
    >
      <span data-testid={testId} class={`inline-block min-w-[2.1rem] px-1 text-right ${LOOKS[level]}`}>
        {formatNumber(pips, 1)}
      </span>
      <span class="inline-block min-w-[2.2rem] text-2xs text-muted">
        {meanPips === undefined ? "" : `ø ${formatNumber(meanPips, 1)}`}
      </span>
    </span>
  );
}
