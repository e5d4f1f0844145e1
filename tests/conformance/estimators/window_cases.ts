/**
 * Windows, sums and means that the other estimators are made of.
 *
 * @module
 */
import { EwMean, SlottedWindow, TimeWeightedMean } from "../../../actors/estimators/mod.ts";
import { caseOf, defined, type EstimatorCase, heldUs, sometimesAbsent, sum, within } from "./case.ts";

const slottedWindow = caseOf(() => new SlottedWindow({ slotUs: 100_000, slotCount: 7, channelCount: 2 }), {
  input: (random) => [random() < 0.5 ? 0 : 1, random() - 0.3],
  update(window, { timeUs, input: [channel, amount] }) {
    window.advance(timeUs);
    window.add(channel!, amount!);
  },
  values: (window) => ({
    all: window.sum(0),
    other: window.sum(1),
    newest: window.sum(0, 2),
    none: window.sum(1, 0),
    seenSlots: window.seenSlots,
  }),
  batch(history, nowUs) {
    const of = (channel: number, slots: number) =>
      sum(
        within(history, nowUs, 100_000, slots).filter(({ input }) => input[0] === channel).map(({ input }) =>
          input[1]!
        ),
      );
    const firstSlot = Math.floor((history[0]?.timeUs ?? 0) / 100_000);
    return {
      all: of(0, 7),
      other: of(1, 7),
      newest: of(0, 2),
      none: of(1, 0),
      seenSlots: history.length === 0 ? 0 : Math.min(7, Math.floor(nowUs / 100_000) - firstSlot),
    };
  },
  stateLength: 2 + 8 * 2,
  degenerate: [[0, 0], [1, -0], [0, 1e300], [1, 1e-300]],
});

const timeWeightedMean = caseOf(() => new TimeWeightedMean(), {
  input: (random) => [sometimesAbsent(random, random() * 5)],
  update: (mean, { timeUs, input: [value] }) => mean.update(timeUs, value!),
  values: (mean, nowUs) => ({ mean: mean.value(nowUs) }),
  batch(history, nowUs) {
    const startUs = (Math.floor(nowUs / 1e6) - 60) * 1e6;
    let integral = 0;
    let durationUs = 0;
    history.forEach(({ timeUs, input: [value] }, i) => {
      const fromUs = Math.max(timeUs, startUs);
      const untilUs = history[i + 1]?.timeUs ?? nowUs;
      if (Number.isNaN(value!) || untilUs <= fromUs) return;
      integral += value! * (untilUs - fromUs);
      durationUs += untilUs - fromUs;
    });
    return { mean: defined(integral / durationUs) };
  },
  stateLength: 2 + 2 + 61 * 2,
  degenerate: [[NaN], [0], [1], [10], [-1], [1e300]],
});

const ewMean = caseOf(() => new EwMean({ halfLifeUs: 2_000_000 }), {
  input: (random) => [sometimesAbsent(random, random() * 5)],
  update: (mean, { timeUs, input: [value] }) => mean.update(timeUs, value!),
  values(mean, nowUs) {
    mean.advance(nowUs);
    return { mean: mean.mean, std: mean.std };
  },
  batch(history, nowUs) {
    const durations = heldUs(history, nowUs);
    const held = history.map(({ input: [value] }, i) => ({ value: value!, durationUs: durations[i]! }))
      .filter(({ value, durationUs }) => !Number.isNaN(value) && durationUs > 0);
    if (sum(held.map(({ durationUs }) => durationUs)) < 2_000_000) return { mean: undefined, std: undefined };
    // A value's weight, all that came before it having the rest; the first has all of it.
    let rest = 1;
    const weights = held.toReversed().map(({ durationUs }, back) => {
      const weight = back === held.length - 1 ? rest : rest * (1 - 2 ** (-durationUs / 2_000_000));
      rest -= weight;
      return weight;
    }).reverse();
    const mean = sum(held.map(({ value }, i) => weights[i]! * value));
    return { mean, std: Math.sqrt(sum(held.map(({ value }, i) => weights[i]! * (value - mean) ** 2))) };
  },
  stateLength: 5,
  degenerate: [[NaN], [0], [1], [10], [-1], [1e200]],
});

export const WINDOW_CASES: readonly EstimatorCase[] = [slottedWindow, timeWeightedMean, ewMean];
