/**
 * A price with its pips emphasised. Its text is the price and nothing else.
 *
 * @module
 */
import { formatPrice, type PriceConvention } from "../model/price_format.ts";

export interface PriceTextProps {
  price: number | undefined;
  convention: PriceConvention;
  /** `large` sets the pips twice as high, as a dealing panel does; `quiet` only heavier. @default {"small"} */
  size?: "quiet" | "small" | "large";
  testId?: string;
}

const LOOKS = {
  quiet: { figure: "", pips: "font-semibold", tenth: "" },
  small: { figure: "text-muted", pips: "text-[1.12em] font-semibold", tenth: "" },
  large: { figure: "text-lg text-muted", pips: "text-4xl 3xl:text-5xl font-semibold", tenth: "text-lg align-super" },
} as const;

export function PriceText({ price, convention, size = "small", testId }: PriceTextProps) {
  if (price === undefined) return <span data-testid={testId} class="text-muted" title="No price on this side">–</span>;
  const { figure, pips, tenth } = formatPrice(price, convention);
  const look = LOOKS[size];
  return (
    <span data-testid={testId} class="whitespace-nowrap">
      <span class={look.figure}>{figure}</span>
      <span class={look.pips}>{pips}</span>
      <span class={look.tenth}>{tenth}</span>
    </span>
  );
}
