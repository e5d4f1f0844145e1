/**
 * Cost of each estimator: an update at windows of one minute and of an hour, and a reading of all its values.
 *
 * The inputs are those of the conformance tests, seeded and made beforehand, a thousand a second of event time; values are read
 * every 250 ms of it, as samples do. Beside it stands the cost of walking the inputs alone.
 *
 * @module
 */
import { ESTIMATOR_CASES, type EstimatorCase, type Random } from "../../tests/conformance/estimators/mod.ts";
import { lcg } from "../../tests/support/frames.ts";
import { US_PER_MINUTE } from "../contract/mod.ts";

const tiny = Deno.args.includes("--tiny");
const UPDATES = tiny ? 2_000 : 500_000;
const INPUTS = 4_096;
const STEP_US = 1_000;
const START_US = 1_700_000_000_000_000;
/** Updates between two readings. */
const READ_EVERY = 250;
const WINDOWS_US = [US_PER_MINUTE, 60 * US_PER_MINUTE];

interface Cost {
  updateNs: number;
  readNs: number;
  stateCount: number;
}

/** An input without an absent number: a closed market empties windows, which is as dear as they are long, and rare. */
function wholeInput(subject: EstimatorCase, random: Random): number[] {
  for (;;) {
    const input = subject.input(random);
    if (!input.some(Number.isNaN)) return input;
  }
}

function measure(subject: EstimatorCase, windowUs: number): Cost {
  const random = lcg(7);
  const steps = Array.from({ length: INPUTS }, () => ({ timeUs: 0, input: wholeInput(subject, random) }));
  const estimator = subject.atWindow?.(windowUs) ?? subject.make();
  let timeUs = START_US;
  const run = (count: number) => {
    let readMs = 0;
    const startMs = performance.now();
    for (let i = 0; i < count; i++) {
      const step = steps[i % INPUTS]!;
      step.timeUs = timeUs += STEP_US;
      subject.update(estimator, step);
      if (i % READ_EVERY !== 0) continue;
      const readStartMs = performance.now();
      subject.values(estimator, timeUs);
      readMs += performance.now() - readStartMs;
    }
    return { updateMs: performance.now() - startMs - readMs, readMs };
  };
  run(UPDATES / 4);
  const { updateMs, readMs } = run(UPDATES);
  return {
    updateNs: (updateMs * 1e6) / UPDATES,
    readNs: (readMs * 1e6) / (UPDATES / READ_EVERY),
    stateCount: estimator.snapshot().length,
  };
}

console.log(
  "estimator                 update at 1 min   60 min     reading at 1 min   60 min      state at 1 min   60 min",
);
const measured = new Set<string>();
for (const subject of ESTIMATOR_CASES) {
  if (measured.has(subject.name)) continue; // the same with other options
  measured.add(subject.name);
  const [minute, hour] = WINDOWS_US.map((windowUs) => measure(subject, windowUs)) as [Cost, Cost];
  const ns = (value: number) => `${value.toFixed(0)} ns`.padStart(9);
  console.log(
    `${subject.name.padEnd(28)} ${ns(minute.updateNs)} ${ns(hour.updateNs)}          ${ns(minute.readNs)} ${
      ns(hour.readNs)
    }    ${String(minute.stateCount).padStart(9)} ${String(hour.stateCount).padStart(9)}`,
  );
}
const random = lcg(7);
const inputs = Array.from({ length: INPUTS }, () => ({ timeUs: 0, input: [random(), random()] }));
const startMs = performance.now();
let sum = 0;
for (let i = 0; i < UPDATES; i++) sum += inputs[i % INPUTS]!.input[0]!;
console.log(
  `limit: walking the inputs ${(((performance.now() - startMs) * 1e6) / UPDATES).toFixed(1)} ns (${sum.toFixed(0)})`,
);
