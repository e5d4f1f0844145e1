/**
 * Pressure on the fix: a drift within the window of 16:00 in London that is taken back after it, with flow one way.
 *
 * Logic: the mid at the beginning and the end of the window (five minutes around the fix), the drift in standard deviations of so long a
 * time by the volatility of before, the signed share of the volume within, and the share of the drift that is taken back in the minutes
 * after. All of them beyond their marks are evidence; the wider the drift, the less of the flow need have gone with it.
 * Input: quotes; trades with sides sharpen it: without them the flow is not asked for and the case is `info`.
 * Score: 1 − k^−3·(1 − f)·(1 − r) of the drift in standard deviations k, its share of the flow f and what was taken back of it, r.
 * Warm-up: a minute of a market. Cost: a comparison per trade and second; time zones are looked up once an hour.
 * Limits: hedging at the fix is ordinary and drifts too; what is told is consistent with pressure, no more.
 * Source: Evans (2018), Forex trading and the WMR fix.
 *
 * @module
 */
import {
  BPS_PER_ONE,
  type DetectionOptions,
  fixTimeUs,
  US_PER_HOUR,
  US_PER_MINUTE,
  US_PER_SECOND,
} from "../contract/mod.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { TapeTrade } from "./flow_tape.ts";
import type { MarketView } from "./market_view.ts";

const QUIET_US = US_PER_MINUTE;
const TAIL_POWER = 3;
const CRITICAL_SIGMAS = 5;
/** Absolute drifts of earlier windows fade by this from day to day. */
const USUAL_KEPT = 0.9;

export class FixPressure implements Detector {
  readonly cases: readonly [Case<"fix-pressure">];
  readonly #options: DetectionOptions["fixPressure"];
  /** The fix that what follows is about; looked up once an hour. */
  #fixUs = 0;
  #lookUpUs = 0;
  #startMid = NaN;
  #endMid = NaN;
  #sigmaBps = NaN;
  #bought = 0;
  #sold = 0;
  #sequenceFirst = 0;
  #usualDriftBps = NaN;
  #told = false;

  constructor(maker: DetectorMaker) {
    this.#options = maker.options.fixPressure;
    this.cases = [
      maker.case("fix-pressure", {
        quietUs: QUIET_US,
        sentence: ({ driftBps = NaN, reversalBps = NaN, driftSigmas = NaN, flowShare }) =>
          `The price drifted by ${driftBps.toFixed(2)} bps in the window of the fix, ${
            driftSigmas.toFixed(1)
          } standard deviations, and took ${Math.abs(reversalBps).toFixed(2)} bps back${
            flowShare === undefined ? "" : `, with ${(100 * Math.abs(flowShare)).toFixed(0)} % of the flow one way`
          }: consistent with pressure on the fix`,
      }),
    ];
  }

  get #halfUs(): number {
    return (this.#options.windowMinutes * US_PER_MINUTE) / 2;
  }

  onTrade({ sign, size }: TapeTrade, { timeUs }: MarketView): void {
    if (Math.abs(timeUs - this.#fixUs) > this.#halfUs) return;
    if (sign > 0) this.#bought += size;
    else if (sign < 0) this.#sold += size;
  }

  onSecond(market: MarketView): void {
    const { timeUs, mid, usual } = market;
    if (timeUs >= this.#lookUpUs) this.#lookUp(timeUs);
    const sinceFixUs = timeUs - this.#fixUs;
    const halfUs = this.#halfUs;
    if (sinceFixUs < -halfUs || !(mid === mid) || sinceFixUs > halfUs + this.#options.reversalMinutes * US_PER_MINUTE) {
      return;
    }
    if (sinceFixUs <= halfUs) {
      if (!(this.#startMid === this.#startMid) && sinceFixUs < -halfUs + 10 * US_PER_SECOND) {
        this.#startMid = mid;
        this.#sigmaBps = usual.sigmaBps(2 * halfUs) ?? NaN;
        this.#sequenceFirst = market.sequence;
      }
      this.#endMid = mid;
    } else if (!this.#told) this.#judge(market);
  }

  #judge(market: MarketView): void {
    const { timeUs, mid, sequence } = market;
    const driftBps = BPS_PER_ONE * Math.log(this.#endMid / this.#startMid);
    const reversalBps = BPS_PER_ONE * Math.log(mid / this.#endMid);
    const driftSigmas = Math.abs(driftBps) / this.#sigmaBps;
    const volume = this.#bought + this.#sold;
    const flowShare = volume > 0 ? (this.#bought - this.#sold) / volume : undefined;
    const { driftSigmas: sigmasMin, reversalShare, flowShare: flowMin } = this.#options;
    const reversed = -reversalBps / driftBps;
    if (!(driftSigmas > sigmasMin) || !(reversed >= reversalShare)) return;
    const withDrift = flowShare === undefined ? undefined : flowShare * Math.sign(driftBps);
    if (withDrift !== undefined && withDrift * driftSigmas < flowMin * sigmasMin) return;
    this.#told = this.cases[0].tell({
      timeUs,
      sequence,
      startUs: this.#fixUs - this.#halfUs,
      sequenceFirst: this.#sequenceFirst,
      score: 1 - driftSigmas ** -TAIL_POWER * (1 - (withDrift ?? 0)) * Math.max(0, 1 - reversed),
      severity: flowShare === undefined ? "info" : driftSigmas > CRITICAL_SIGMAS ? "critical" : "warning",
      evidence: { driftBps, reversalBps, flowShare, driftSigmas, usualDriftBps: this.#usualDriftBps },
    }, market.sink);
  }

  /** Find the fix that is near; a new one begins anew. */
  #lookUp(timeUs: number): void {
    this.#lookUpUs = (Math.floor(timeUs / US_PER_HOUR) + 1) * US_PER_HOUR;
    const fixUs = fixTimeUs(timeUs);
    if (fixUs === this.#fixUs) return;
    const driftBps = Math.abs(BPS_PER_ONE * Math.log(this.#endMid / this.#startMid));
    if (driftBps === driftBps) {
      const usual = this.#usualDriftBps;
      this.#usualDriftBps = usual === usual ? USUAL_KEPT * usual + (1 - USUAL_KEPT) * driftBps : driftBps;
    }
    this.#fixUs = fixUs;
    this.#startMid = this.#endMid = this.#sigmaBps = NaN;
    this.#bought = this.#sold = 0;
    this.#told = false;
  }

  snapshot(): number[] {
    return [
      this.#fixUs,
      this.#lookUpUs,
      this.#startMid,
      this.#endMid,
      this.#sigmaBps,
      this.#bought,
      this.#sold,
      this.#sequenceFirst,
      this.#usualDriftBps,
      Number(this.#told),
    ];
  }

  restore(state: readonly number[]): void {
    [
      this.#fixUs,
      this.#lookUpUs,
      this.#startMid,
      this.#endMid,
      this.#sigmaBps,
      this.#bought,
      this.#sold,
      this.#sequenceFirst,
      this.#usualDriftBps,
    ] = state as [number, number, number, number, number, number, number, number, number];
    this.#told = state[9] === 1;
  }
}
