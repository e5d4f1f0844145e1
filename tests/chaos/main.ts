/**
 * Chaos at will.
 *
 *     deno task chaos                        a minute on one server
 *     deno task chaos --seconds 120 --seed 7
 *     deno task chaos --cluster              three servers that keep every stream together
 *     deno task chaos --without servers,moves
 *
 * @module
 */
import { parseArgs } from "node:util";
import { runChaos } from "./chaos.ts";
import type { PhaseName } from "./plan.ts";
import { summary } from "./summary.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: String(Date.now() % 100_000) },
    rate: { type: "string", default: "20000" },
    cluster: { type: "boolean", default: false },
    without: { type: "string", default: "" },
    /** Where to write what the processes said. @default a temporary file, where something is wrong */
    log: { type: "string" },
  },
});
const [seconds, seed, eventsPerSecond] = [values.seconds, values.seed, values.rate].map(Number) as [
  number,
  number,
  number,
];
if (![seconds, seed, eventsPerSecond].every((value) => Number.isSafeInteger(value) && value >= 0)) {
  console.error("--seconds, --seed and --rate: expected whole numbers");
  Deno.exit(2);
}
const { cluster } = values;
console.log(`seed ${seed}, ${seconds} s, ${eventsPerSecond} events/s, ${cluster ? "three servers" : "one server"}`);
const lines: string[] = [];
let isGood = false;
try {
  const result = await runChaos({
    seed,
    seconds,
    eventsPerSecond,
    cluster,
    without: values.without.split(",") as PhaseName[],
    report: console.log,
    lines,
  });
  console.log(summary(result));
  isGood = result.violations.length === 0;
} finally {
  if (!isGood || values.log !== undefined) {
    const path = values.log ?? await Deno.makeTempFile({ prefix: `chaos-${seed}-`, suffix: ".log" });
    await Deno.writeTextFile(path, lines.join("\n"));
    console.log(`what the processes said: ${path}`);
  }
}
Deno.exit(isGood ? 0 : 1);
