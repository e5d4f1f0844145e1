/**
 * How the page names, groups and writes the metrics. The definitions stand in the contract; here are only the words.
 *
 * @module
 */
import type { MetricName } from "../../actors/contract/metrics.ts";
import { formatCompact, formatNumber, formatSigned, formatSignedSize, formatSize } from "./number_format.ts";
import { type PriceConvention, priceText } from "./price_format.ts";

export interface MetricView {
  readonly name: MetricName;
  readonly label: string;
  /** Written after the number; empty where the number says it. */
  readonly unit: string;
  readonly write: (value: number, convention: PriceConvention) => string;
  /** A number between −1 and 1 that a diverging bar shows too. */
  readonly diverging?: boolean;
}

export interface MetricGroupView {
  readonly title: string;
  readonly metrics: readonly MetricView[];
}

const price = (value: number, convention: PriceConvention) => priceText(value, convention);
const size = (value: number) => formatSize(value);
const signedSize = (value: number) => formatSignedSize(value);
const compact = (value: number) => formatCompact(value);
const decimals = (count: number) => (value: number) => formatNumber(value, count);
const signed = (count: number) => (value: number) => formatSigned(value, count);

/** What the tiles show, in reading order. */
export const METRIC_GROUPS: readonly MetricGroupView[] = [
  {
    title: "Spread",
    metrics: [
      { name: "spread.quotedPips", label: "Quoted", unit: "pips", write: decimals(2) },
      { name: "spread.timeWeightedPips", label: "Mean 60 s", unit: "pips", write: decimals(2) },
      { name: "spread.quotedBps", label: "Quoted", unit: "bps", write: decimals(3) },
      { name: "spread.ewMeanBps", label: "EW mean 5 s", unit: "bps", write: decimals(3) },
      { name: "spread.ewStdBps", label: "EW std 5 s", unit: "bps", write: decimals(3) },
    ],
  },
  {
    title: "Imbalance",
    metrics: [
      { name: "depth.touchImbalance", label: "Touch", unit: "", write: signed(2), diverging: true },
      { name: "depth.depth10Imbalance", label: "Ten levels", unit: "", write: signed(2), diverging: true },
      { name: "flow.tradeImbalance60s", label: "Trades 60 s", unit: "", write: signed(2), diverging: true },
      { name: "depth.bidDepth10Size", label: "Bid depth", unit: "", write: size },
      { name: "depth.askDepth10Size", label: "Ask depth", unit: "", write: size },
    ],
  },
  {
    title: "Order flow",
    metrics: [
      { name: "flow.ofi1sSize", label: "OFI 1 s", unit: "", write: signedSize },
      { name: "flow.ofi10sSize", label: "OFI 10 s", unit: "", write: signedSize },
      { name: "flow.ofi10sNormalised", label: "OFI 10 s", unit: "touches", write: signed(2) },
      { name: "flow.buySize60s", label: "Bought 60 s", unit: "", write: size },
      { name: "flow.sellSize60s", label: "Sold 60 s", unit: "", write: size },
    ],
  },
  {
    title: "Volatility",
    metrics: [
      { name: "volatility.ewmaFastPct", label: "Fast 30 s", unit: "% p.a.", write: decimals(1) },
      { name: "volatility.ewmaSlowPct", label: "Slow 10 min", unit: "% p.a.", write: decimals(1) },
      { name: "volatility.ewmaRatio", label: "Fast / slow", unit: "×", write: decimals(2) },
    ],
  },
  {
    title: "Arrivals",
    metrics: [
      { name: "arrival.quotesPerSecond", label: "Quotes", unit: "/s", write: compact },
      { name: "arrival.bookEventsPerSecond", label: "Book events", unit: "/s", write: compact },
      { name: "arrival.tradesPerSecond", label: "Trades", unit: "/s", write: compact },
      { name: "arrival.interArrivalMs", label: "Between quotes", unit: "ms", write: compact },
    ],
  },
  {
    title: "Fair price",
    metrics: [
      { name: "price.weightedMid", label: "Weighted mid", unit: "", write: price },
      { name: "flow.vwap60s", label: "VWAP 60 s", unit: "", write: price },
      { name: "flow.tradeCount60s", label: "Trades 60 s", unit: "", write: decimals(0) },
    ],
  },
];
