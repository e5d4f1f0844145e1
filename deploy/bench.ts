/**
 * Runs the benchmarks: every `_bench.ts` of the tree, one after another, each in a process of its own.
 *
 * @module
 */
import { PROJECT_ROOT } from "./tools/mod.ts";

const FOLDERS = ["actors", "gateway", "ui", "deploy", "tests"];

async function* benchmarks(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(`${PROJECT_ROOT}/${folder}`)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* benchmarks(path);
    else if (entry.name.endsWith("_bench.ts")) yield path;
  }
}

const wanted = Deno.args;
let failed = false;
for (const folder of FOLDERS) {
  const paths = await Array.fromAsync(benchmarks(folder));
  for (const path of paths.sort()) {
    if (wanted.length > 0 && !wanted.some((word) => path.includes(word))) continue;
    console.log(`\n${path}`);
    const { success } = await new Deno.Command(Deno.execPath(), { args: ["run", "-P=test", path], cwd: PROJECT_ROOT })
      .spawn().status;
    failed ||= !success;
  }
}
Deno.exit(failed ? 1 : 0);
