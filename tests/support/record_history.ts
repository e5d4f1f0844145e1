/**
 * Records a history of the pair actor for the version of its snapshot's shape: frames, a snapshot from the middle of them, and what
 * the actor said from there on. `pair_history_test.ts` replays it for ever after.
 *
 *     deno run -A tests/support/record_history.ts
 *
 * Run it once when `PAIR_SNAPSHOT_VERSION` has been raised; a history that is there is never written over.
 *
 * @module
 */
import { parsePair } from "../../actors/contract/mod.ts";
import { createPairActor, PAIR_SNAPSHOT_VERSION } from "../../actors/pair/mod.ts";
import { testFrames } from "./frames.ts";

/** Where the history of a version lies. */
export const historyFolder = (version: number): URL =>
  new URL(`../fixtures/histories/schema_${version}/`, import.meta.url);

if (import.meta.main) {
  const folder = historyFolder(PAIR_SNAPSHOT_VERSION);
  const pair = parsePair("EURUSD")!;
  const frames = testFrames({
    pair,
    eventCount: 1_500,
    eventsPerSecond: 40,
    eventsPerFrame: 50,
    seed: PAIR_SNAPSHOT_VERSION,
  });
  const actor = createPairActor(pair);
  const state = actor.initial();
  const samples: string[] = [];
  let snapshot = new Uint8Array();
  frames.forEach((data, i) => {
    if (i === frames.length / 2) {
      snapshot = new Uint8Array(actor.snapshot(state));
      samples.length = 0;
    }
    actor.receive(state, { sequence: i + 1, data }, (subject, payload) => {
      if (subject.startsWith("fx.metrics.")) samples.push(payload);
    });
  });
  await Deno.mkdir(folder);
  await Deno.writeTextFile(new URL("frames.base64", folder), frames.map((data) => data.toBase64()).join("\n") + "\n");
  await Deno.writeFile(new URL("snapshot", folder), snapshot);
  await Deno.writeTextFile(new URL("samples.ndjson", folder), samples.join("\n") + "\n");
}
