import assert from "node:assert/strict";
import { EURUSD, START_US } from "../../tests/support/pair_fold.ts";
import { sampleOf } from "../../tests/support/samples.ts";
import { type Anomaly, MetricOptions } from "../contract/mod.ts";
import { DetectorMaker } from "./detector_maker.ts";
import { MarketView } from "./market_view.ts";
import { Toxicity } from "./toxicity.ts";

const SECOND_US = 1e6;
/** Seconds with a VPIN that must be known, and some. */
const KNOWN_S = 700;
const QUIET_S = 30;

/** VPINs told to a detector, a sample each second. */
class Vpins {
  readonly view = new MarketView(EURUSD);
  readonly said: Anomaly[] = [];
  detector = made();

  constructor() {
    this.view.timeUs = START_US;
    this.view.sink = (_subject, payload) => this.said.push(JSON.parse(payload));
  }

  tell(vpins: readonly (number | undefined)[], everyUs = SECOND_US): this {
    for (const vpin of vpins) {
      this.view.timeUs += everyUs;
      this.view.sequence++;
      const { timeUs } = this.view;
      for (const one of this.detector.cases) one.advance(timeUs, this.view.sink);
      this.detector.onSample(sampleOf({ timeUs, values: { toxicity: { vpin } } }), this.view);
    }
    return this;
  }

  /** Another detector goes on with the state of this one. */
  restart(): this {
    const restored = made();
    restored.restore(JSON.parse(JSON.stringify(this.detector.snapshot())));
    restored.cases[0].restore(this.detector.cases[0].snapshot());
    this.detector = restored;
    return this;
  }
}

const made = () => new Toxicity(new DetectorMaker(EURUSD, MetricOptions.parse({}).detection));
const repeat = (vpin: number | undefined, seconds: number) => Array.from({ length: seconds }, () => vpin);
/** VPINs of 31 hundredths in turn. */
const usual = (from = 0.3, seconds = KNOWN_S) => Array.from({ length: seconds }, (_, k) => from + (k % 31) / 100);
const phasesOf = ({ said }: Vpins) => said.map(({ phase }) => phase);

Deno.test("`Toxicity` tells a VPIN that is high and higher than nearly ever: one case, until it is calm", () => {
  const vpins = new Vpins().tell(usual());
  const { timeUs } = vpins.view;
  vpins.tell(repeat(0.95, 20)).tell(repeat(0.4, QUIET_S));
  assert.deepEqual(phasesOf(vpins), ["open", "close"]);
  const [opened, closed] = vpins.said as [Anomaly, Anomaly];
  assert.deepEqual(opened.evidence, { vpin: 0.95, cdf: 1 });
  assert.deepEqual([opened.startUs, opened.endUs], [timeUs + SECOND_US, timeUs + SECOND_US]);
  assert.equal(opened.severity, "warning");
  assert(opened.score > 0.995);
  assert.equal(opened.sentence, "VPIN was 0.95, higher than 100.0 % of its recent values: flow was one-sided");
  // It goes on while VPIN is above nine tenths of what it was.
  assert.deepEqual([closed.endUs, closed.evidence], [timeUs + 20 * SECOND_US, opened.evidence]);
});

Deno.test("`Toxicity` keeps the highest VPIN of a case, and calls one that is nearly 1 critical", () => {
  const vpins = new Vpins().tell(usual()).tell([0.9, 0.98, 0.93, 0.92]).tell(repeat(0.4, QUIET_S));
  assert.deepEqual(phasesOf(vpins), ["open", "update", "close"]);
  const [opened, , closed] = vpins.said as [Anomaly, Anomaly, Anomaly];
  assert.deepEqual([opened.evidence.vpin, opened.severity], [0.9, "warning"]);
  assert.deepEqual([closed.evidence.vpin, closed.severity], [0.98, "critical"]);
});

Deno.test("`Toxicity` leaves alone a VPIN that is rare but not high, or high but not rare", () => {
  assert.deepEqual(new Vpins().tell(usual()).tell(repeat(0.84, 20)).said, []);
  assert.deepEqual(new Vpins().tell(usual(0.65)).tell(repeat(0.93, 20)).said, []);
});

Deno.test("`Toxicity` learns nothing of a case that is open: it stays one", () => {
  const vpins = new Vpins().tell(usual()).tell(repeat(0.95, 500)).tell(repeat(0.4, 60)).tell(repeat(0.95, 5));
  assert.deepEqual(phasesOf(vpins), ["open", "close", "open"]);
});

Deno.test("`Toxicity` looks at whole seconds with a VPIN, once ten minutes of them are known", () => {
  assert.deepEqual(new Vpins().tell(usual(0.3, 590)).tell(repeat(0.95, 5)).said, []);
  assert.deepEqual(new Vpins().tell(repeat(undefined, KNOWN_S)).tell(repeat(0.95, 5)).said, []);
  // Of four samples a second one counts.
  assert.deepEqual(new Vpins().tell(usual(), SECOND_US / 4).tell(repeat(0.95, 5)).said, []);
  assert.equal(new Vpins().tell(usual(0.3, 4 * KNOWN_S), SECOND_US / 4).tell(repeat(0.95, 5)).said.length, 1);
});

Deno.test("`Toxicity` restored anywhere goes on as if nothing had been", () => {
  const parts = [usual(), repeat(0.9, 5), repeat(0.96, 10), repeat(0.4, 10), repeat(0.4, 40), repeat(0.95, 5)];
  const whole = new Vpins();
  const restored = new Vpins();
  for (const part of parts) {
    whole.tell(part);
    restored.tell(part.slice(0, 2)).restart().tell(part.slice(2)).restart();
  }
  assert.deepEqual(phasesOf(whole), ["open", "update", "close", "open"]);
  assert.deepEqual(restored.said, whole.said);
});
