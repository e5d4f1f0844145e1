import assert from "node:assert/strict";
import { PLANTED_BUGS } from "./planted_bugs.ts";
import { simulate } from "./simulation.ts";

const SEEDS = 1_000;
/** Seeds in which a planted bug must be found. */
const SEEDS_TO_FIND = 400;
/** Calls that the first node makes while nothing goes wrong; it ends at each of them in turn. */
const CALLS = 200;

Deno.test(`a cluster of nodes stores what one uninterrupted fold says, whatever goes wrong: ${SEEDS} seeds`, async () => {
  const seen: Record<string, number> = {};
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { violations, nodes: _, ...counts } = await simulate({ seed });
    assert.deepEqual(violations, [], `seed ${seed}; to see it again: deno task test:sim --seed ${seed}`);
    for (const [name, count] of Object.entries({ ...counts, ...counts.faults })) {
      if (typeof count === "number") seen[name] = (seen[name] ?? 0) + count;
    }
  }
  // The storm did blow: a simulation in which nothing happens proves nothing.
  for (const name of ["kill", "stop", "cut off", "freeze", "join", "server away", "bucket deleted", "rot"]) {
    assert(seen[name]! > SEEDS / 4, `${name}: ${seen[name]}`);
  }
  assert(seen.lifeCount! > 10 * SEEDS && seen.snapshotCount! > 10 * SEEDS && seen.deadCount! > SEEDS / 2);
});

Deno.test("a node may end at any call", async () => {
  let ended = 0;
  for (let crashAtCall = 1; crashAtCall <= CALLS; crashAtCall++) {
    const { violations, nodes } = await simulate({ seed: 1 + crashAtCall % 7, crashAtCall });
    assert.deepEqual(violations, [], `call ${crashAtCall}`);
    if (nodes.length > 3) ended++;
  }
  assert(ended > CALLS / 2, `${ended} of ${CALLS} came so far`);
});

Deno.test("a seed makes the same run again", async () => {
  const runs = await Promise.all([simulate({ seed: 77 }), simulate({ seed: 77 })]);
  const said = ({ nodes }: typeof runs[number]) =>
    nodes.map(({ lines }) => lines.map((line) => line.replace(/\n.*$/s, "")));
  assert.deepEqual(said(runs[0]), said(runs[1]));
  assert(said(runs[0]).flat().length > 10);
});

for (const [bug, plant] of Object.entries(PLANTED_BUGS)) {
  Deno.test(`the simulation finds ${bug}`, async () => {
    for (let seed = 1; seed <= SEEDS_TO_FIND; seed++) {
      const { violations } = await simulate({ seed, plant });
      if (violations.length > 0) return;
    }
    assert.fail(`not found in ${SEEDS_TO_FIND} seeds`);
  });
}
