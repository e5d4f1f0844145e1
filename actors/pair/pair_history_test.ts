import assert from "node:assert/strict";
import { historyFolder } from "../../tests/support/record_history.ts";
import { parsePair } from "../contract/mod.ts";
import { createPairActor, PAIR_SNAPSHOT_VERSION } from "./mod.ts";

/** The oldest version that was ever in use. */
const VERSION_FIRST = 2;

for (let version = VERSION_FIRST; version <= PAIR_SNAPSHOT_VERSION; version++) {
  Deno.test(`a snapshot of version ${version} goes on as the history that was recorded with it`, async () => {
    const folder = historyFolder(version);
    const lines = async (name: string) => (await Deno.readTextFile(new URL(name, folder))).trimEnd().split("\n");
    const frames = (await lines("frames.base64")).map((line) => Uint8Array.fromBase64(line));
    const expected = await lines("samples.ndjson");
    const actor = createPairActor(parsePair("EURUSD")!);
    const samples: string[] = [];
    const emit = (_subject: string, payload: string) => void samples.push(payload);

    const state = actor.restore(await Deno.readFile(new URL("snapshot", folder)), { schema: version });
    for (let i = frames.length / 2; i < frames.length; i++) {
      actor.receive(state, { sequence: i + 1, data: frames[i]! }, emit);
    }
    assert(expected.length > 20);
    assert.deepEqual(samples, expected);

    // The log alone says the same: this is what a start does that finds no snapshot of a version it knows.
    samples.length = 0;
    const anew = actor.initial();
    frames.forEach((data, i) => {
      if (i === frames.length / 2) samples.length = 0;
      actor.receive(anew, { sequence: i + 1, data }, emit);
    });
    assert.deepEqual(samples, expected);
  });
}
