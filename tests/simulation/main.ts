/**
 * Simulations at will.
 *
 *     deno task test:sim --seeds 10000            as many, from 1 on
 *     deno task test:sim --seeds 500 --from 7000
 *     deno task test:sim --seed 4711              one, with what every node said
 *     deno task test:sim --bug "a lease without its fence"
 *
 * @module
 */
import { parseArgs } from "node:util";
import { PLANTED_BUGS } from "./planted_bugs.ts";
import { simulate } from "./simulation.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    seed: { type: "string" },
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    bug: { type: "string" },
  },
});
const plant = values.bug === undefined ? undefined : PLANTED_BUGS[values.bug];
if (values.bug !== undefined && plant === undefined) {
  console.error(`--bug "${values.bug}": expected one of\n  ${Object.keys(PLANTED_BUGS).join("\n  ")}`);
  Deno.exit(2);
}
const from = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
if (!Number.isSafeInteger(from) || !Number.isSafeInteger(count)) {
  console.error("--seed, --seeds and --from: expected whole numbers");
  Deno.exit(2);
}

const failed: number[] = [];
const startMs = performance.now();
for (let seed = from; seed < from + count; seed++) {
  const { violations, nodes, ...counts } = await simulate({ seed, plant });
  if (violations.length > 0) {
    failed.push(seed);
    console.log(`seed ${seed}\n  ${violations.join("\n").slice(0, 2_000).replaceAll("\n", "\n  ")}`);
  }
  if (values.seed !== undefined) {
    for (const { name, session, lines } of nodes) console.log(`${name} ${session}\n  ${lines.join("\n  ")}`);
    console.log(counts);
  }
}
const seconds = (performance.now() - startMs) / 1_000;
console.log(
  `${count} seeds in ${seconds.toFixed(1)} s, ${failed.length} failed${failed.length > 0 ? `: ${failed.join()}` : ""}`,
);
Deno.exit(failed.length > 0 ? 1 : 0);
