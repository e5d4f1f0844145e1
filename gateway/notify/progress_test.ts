import assert from "node:assert/strict";
import fc from "fast-check";
import { Progress } from "./progress.ts";

Deno.test("`Progress` is through to where all is done, and remembers what is done beyond", () => {
  const progress = new Progress(10);
  for (const sequence of [11, 12, 14]) assert.equal(progress.read(sequence), false);
  progress.done(12);
  assert.deepEqual([progress.through, progress.beyond, progress.oldest], [10, [12], 11]);
  progress.done(11);
  assert.deepEqual([progress.through, progress.beyond], [13, []]);
  progress.done(14);
  progress.done(14);
  progress.pass(15);
  progress.read(16);
  progress.pass(17);
  assert.deepEqual([progress.through, progress.beyond], [15, []]);
  progress.done(16);
  assert.deepEqual([progress.through, progress.beyond, progress.oldest], [17, [], undefined]);
});

Deno.test("`Progress` that goes on from what another wrote does everything once", () => {
  fc.assert(fc.property(
    fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 9 })), { maxLength: 60 }),
    fc.nat({ max: 59 }),
    (steps, cut) => {
      const doneCounts = new Map<number, number>();
      let progress = new Progress(0);
      let next = 1;
      let waiting: number[] = [];
      const read = () => {
        const sequence = next++;
        if (!progress.read(sequence)) waiting.push(sequence);
      };
      const finish = (at: number) => {
        const [sequence] = waiting.splice(at % waiting.length, 1);
        doneCounts.set(sequence!, (doneCounts.get(sequence!) ?? 0) + 1);
        progress.done(sequence!);
      };
      steps.forEach(([reads, at], step) => {
        if (step === cut) {
          progress = new Progress(progress.through, progress.beyond);
          next = progress.through + 1;
          waiting = [];
        }
        if (reads || waiting.length === 0) read();
        else finish(at);
      });
      const last = Math.max(next - 1, ...doneCounts.keys());
      while (next <= last) read();
      while (waiting.length > 0) finish(0);
      assert.deepEqual([progress.through, progress.beyond], [last, []]);
      assert([...doneCounts.values()].every((count) => count === 1));
    },
  ));
});
