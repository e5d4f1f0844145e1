/**
 * The mid and the spread around a case, the case itself shaded.
 *
 * @module
 */
import type { Anomaly } from "../../actors/contract/anomaly.ts";
import { type CasePoint, type CaseWindow, extentOf, stepPath } from "../model/case_chart.ts";
import { formatClock } from "../model/event_time.ts";
import type { PriceConvention } from "../model/price_format.ts";

export interface CaseChartProps {
  /** `undefined`: of a pair that the page does not know; prices are then written as they are. */
  convention: PriceConvention | undefined;
  anomaly: Anomaly;
  points: readonly CasePoint[];
  window: CaseWindow | undefined;
  loading: boolean;
}

export function CaseChart({ convention, anomaly, points, window, loading }: CaseChartProps) {
  if (window === undefined || points.length < 2) {
    return (
      <div class="case-chart flex items-center justify-center text-2xs text-muted" data-testid="case-chart-empty">
        {loading ? "Looking for quotes …" : "No quotes are stored around this case"}
      </div>
    );
  }
  const share = (timeUs: number) => (timeUs - window.fromUs) / (window.toUs - window.fromUs);
  const [start, end] = [share(anomaly.startUs), share(anomaly.endUs)];
  const price = (value: number) => value.toFixed(convention?.priceDecimals ?? 5);
  const mid = extentOf(points, "mid");
  const spread = extentOf(points, "spread");
  return (
    <figure data-testid="case-chart" class="case-chart" aria-label="Mid and spread around the case">
      <Line points={points} value="mid" window={window} start={start} end={end} />
      <Line points={points} value="spread" window={window} start={start} end={end} />
      <span class="high" aria-label="highest mid">{price(mid.high)}</span>
      <span class="low" aria-label="lowest mid">{price(mid.low)}</span>
      <span class="spread-high">
        spread {convention === undefined ? price(spread.high) : `${(spread.high / convention.pipSize).toFixed(1)} pips`}
      </span>
      <span class="from">{formatClock(window.fromUs)}</span>
      <span class="to">{formatClock(window.toUs)}</span>
    </figure>
  );
}

interface LineProps {
  points: readonly CasePoint[];
  value: "mid" | "spread";
  window: CaseWindow;
  start: number;
  end: number;
}

function Line({ points, value, window, start, end }: LineProps) {
  return (
    <svg viewBox="0 0 1 1" preserveAspectRatio="none" class={value} aria-hidden="true">
      <rect class="span" x={start} y="0" width={Math.max(0.004, end - start)} height="1" />
      <path d={stepPath(points, value, window)} vector-effect="non-scaling-stroke" />
    </svg>
  );
}
