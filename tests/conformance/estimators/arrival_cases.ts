/**
 * Arrivals.
 *
 * @module
 */
import { ArrivalRate } from "../../../actors/estimators/mod.ts";
import { caseOf, type EstimatorCase, sum, within } from "./case.ts";

const arrivalRate = caseOf(() => new ArrivalRate(), {
  input: () => [],
  update: (arrival, { timeUs }) => arrival.update(timeUs),
  values(arrival, nowUs) {
    arrival.advance(nowUs);
    return { perSecond: arrival.perSecond, interArrivalUs: arrival.interArrivalUs };
  },
  batch(history, nowUs) {
    const slotsSeen = history.length === 0
      ? 0
      : Math.min(40, Math.floor(nowUs / 250_000) - Math.floor(history[0]!.timeUs / 250_000));
    const gaps = history.slice(1).map(({ timeUs }, i) => timeUs - history[i]!.timeUs);
    const weighted = gaps.map((gap, i) => gap * (31 / 32) ** (gaps.length - 1 - i) * (i === 0 ? 1 : 1 / 32));
    return {
      perSecond: slotsSeen < 4 ? undefined : within(history, nowUs, 250_000, 40).length / (slotsSeen / 4),
      interArrivalUs: gaps.length === 0 ? undefined : sum(weighted),
    };
  },
  stateLength: 2 + 2 + 41,
  degenerate: [[]],
});

export const ARRIVAL_CASES: readonly EstimatorCase[] = [arrivalRate];
