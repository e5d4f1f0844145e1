import assert from "node:assert/strict";
import { historyFolder } from "../../tests/support/record_history.ts";
import { METRIC_NAMES, type MetricName, parsePair } from "../contract/mod.ts";
import { createPairActor, PAIR_SNAPSHOT_VERSION } from "./mod.ts";

/** The oldest version that was ever in use. */
const VERSION_FIRST = 2;

/** What metrics of earlier samples are called now. */
const RENAMED: Readonly<Record<string, MetricName>> = {
  "depth.bidDepth10Size": "depth.bidLevelsSize",
  "depth.askDepth10Size": "depth.askLevelsSize",
  "depth.depth10Imbalance": "depth.levelsImbalance",
  "flow.buySize60s": "flow.buySize",
  "flow.sellSize60s": "flow.sellSize",
  "flow.tradeImbalance60s": "flow.tradeImbalance",
  "flow.tradeCount60s": "flow.tradeCount",
  "flow.vwap60s": "flow.vwap",
};
/** Metrics whose windows begin anew where a state of before version 4 is taken over. */
const ANEW_BEFORE_4 = /^flow\./;

interface Said {
  timeUs: number;
  counts: unknown;
  values: Map<string, number>;
}

/** What a sample of any version says, by today's names. */
function said(payload: string): Said {
  const { timeUs, counts, values } = JSON.parse(payload);
  const named = Object.entries<Record<string, number>>(values).flatMap(([group, numbers]) =>
    Object.entries(numbers).map(([short, value]): [string, number] => {
      const name = `${group}.${short}`;
      return [RENAMED[name] ?? name, value];
    })
  );
  return { timeUs, counts, values: new Map(named) };
}

/** Samples say what they said then; of metrics that there were then, and that `concerns` names. */
function assertSame(
  samples: readonly string[],
  expected: readonly string[],
  concerns: (name: string) => boolean,
): void {
  assert.equal(samples.length, expected.length);
  samples.forEach((sample, i) => {
    const now = said(sample);
    const then = said(expected[i]!);
    assert.deepEqual([now.timeUs, now.counts], [then.timeUs, then.counts]);
    for (const [name, value] of then.values) {
      assert(METRIC_NAMES.includes(name as MetricName), `${name} is gone`);
      if (concerns(name)) assert.equal(now.values.get(name), value, `${name} at ${now.timeUs}`);
    }
  });
}

for (let version = VERSION_FIRST; version <= PAIR_SNAPSHOT_VERSION; version++) {
  Deno.test(`a snapshot of version ${version} goes on as the history that was recorded with it`, async () => {
    const folder = historyFolder(version);
    const lines = async (name: string) => (await Deno.readTextFile(new URL(name, folder))).trimEnd().split("\n");
    const frames = (await lines("frames.base64")).map((line) => Uint8Array.fromBase64(line));
    const expected = await lines("samples.ndjson");
    assert(expected.length > 20);
    const actor = createPairActor(parsePair("EURUSD")!);
    const samples: string[] = [];
    const emit = (subject: string, payload: string) =>
      void (subject.startsWith("fx.metrics.") && samples.push(payload));

    const state = actor.restore(await Deno.readFile(new URL("snapshot", folder)), { schema: version });
    for (let i = frames.length / 2; i < frames.length; i++) {
      actor.receive(state, { sequence: i + 1, data: frames[i]! }, emit);
    }
    if (version === PAIR_SNAPSHOT_VERSION) assert.deepEqual(samples, expected);
    else assertSame(samples, expected, (name) => !ANEW_BEFORE_4.test(name));

    // The log alone says the same: this is what a start does that finds no snapshot of a version it knows.
    samples.length = 0;
    const anew = actor.initial();
    frames.forEach((data, i) => {
      if (i === frames.length / 2) samples.length = 0;
      actor.receive(anew, { sequence: i + 1, data }, emit);
    });
    if (version === PAIR_SNAPSHOT_VERSION) assert.deepEqual(samples, expected);
    else assertSame(samples, expected, () => true);
  });
}
