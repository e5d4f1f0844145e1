/**
 * A number between −1 and 1 as a bar from the middle: bids (buys) outweigh to the right, asks (sells) to the left.
 *
 * @module
 */
import { formatSigned } from "../model/number_format.ts";

export interface ImbalanceBarProps {
  value: number | undefined;
  /** What it is of, for the tooltip and screen readers. */
  label: string;
}

export function ImbalanceBar({ value, label }: ImbalanceBarProps) {
  const text = value === undefined ? `${label}: no value` : `${label}: ${formatSigned(value, 2)}`;
  const share = Math.max(-1, Math.min(value ?? 0, 1));
  return (
    <span
      role="img"
      aria-label={text}
      title={text}
      class="relative block h-2 w-full min-w-[2rem] rounded-sm bg-raised overflow-hidden"
    >
      {/* Half a bar from the middle, scaled: a negative share turns it over. Costs no layout. */}
      <span
        class={`absolute inset-y-0 left-1/2 w-1/2 origin-left ${share > 0 ? "bg-up" : "bg-down"}`}
        style={{ transform: `scaleX(${share})` }}
      />
      <span class="absolute inset-y-0 left-1/2 w-px bg-muted" />
    </span>
  );
}
