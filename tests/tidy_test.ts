/**
 * The house rules over every file of the repository; and the rules themselves, on small texts that break each of them.
 */
import assert from "node:assert/strict";
import { importsOf, scanSource } from "./support/source_text.ts";
import { SOURCE_LINES_MAX, TEST_LINES_MAX, TIDY_RULES } from "./support/tidy_rules.ts";

const ROOT = new URL("../", import.meta.url);
const SKIPPED = new Set([".git", ".cache", ".data", "node_modules", "ui/dist"]);

function readTree(folder = "", files = new Map<string, string>()): Map<string, string> {
  for (const entry of Deno.readDirSync(new URL(folder, ROOT))) {
    const path = `${folder}${entry.name}`;
    if (SKIPPED.has(path) || SKIPPED.has(entry.name)) continue;
    if (entry.isDirectory) readTree(`${path}/`, files);
    else if (entry.isFile && /\.(tsx?|md|sql|xml)$/.test(path)) {
      files.set(path, Deno.readTextFileSync(new URL(path, ROOT)));
    }
  }
  return files;
}

const FILES = readTree();

for (const rule of TIDY_RULES) {
  Deno.test(`tidy: ${rule.name}`, () => {
    const found: string[] = [];
    for (const [path, text] of FILES) {
      for (const { line, advice } of rule.check(path, text, FILES)) found.push(`${path}:${line}: ${advice}`);
    }
    assert.equal(found.length, 0, `${found.length} found\n${found.join("\n")}`);
  });
}

Deno.test("tidy looks at the whole repository", () => {
  for (const path of ["actors/main.ts", "gateway/app.ts", "tests/tidy_test.ts", "actors/contract/market.sbe.xml"]) {
    assert(FILES.has(path), path);
  }
  assert(![...FILES.keys()].some((path) => /(^|\/)(node_modules|\.git|\.cache)\//.test(path)));
});

/** Lines on which a rule complains. */
function linesOf(rule: string, path: string, text: string, sources?: ReadonlyMap<string, string>): number[] {
  const found = TIDY_RULES.find(({ name }) => name.startsWith(rule));
  assert(found !== undefined, rule);
  return found.check(path, text, sources).map(({ line }) => line);
}

const from = (specifier: string, names = "{ x }") => `import ${names} from "${specifier}";\n`;

Deno.test("tidy: every rule has a case that breaks it", () => {
  const long = "\n".repeat(SOURCE_LINES_MAX) + "x";
  const breaking: [string, string, string][] = [
    ["imports go", "actors/contract/a.ts", from("../estimators/mod.ts")],
    ["imports go", "actors/estimators/a.ts", from("../detectors/mod.ts")],
    ["imports go", "actors/detectors/a.ts", from("../pair/mod.ts")],
    ["imports go", "actors/runtime/a.ts", from("../pair/mod.ts")],
    ["imports go", "actors/runtime/a.ts", from("../adapters/clock.ts", "type { x }")],
    ["imports go", "actors/feeds/readers/a.ts", from("../../adapters/clock.ts")],
    ["imports go", "actors/feeds/a.ts", from("../runtime/mod.ts", "type { x }")],
    ["imports go", "actors/pair/a.ts", from("../runtime/mod.ts")],
    ["imports go", "actors/pair/a.ts", from("../main.ts")],
    ["imports go", "actors/main.ts", from("../gateway/app.ts")],
    ["imports go", "actors/pair/a.ts", from("../runtime/mod.ts", "{ type A, b }")],
    ["imports go", "gateway/a.ts", from("../actors/pair/mod.ts")],
    ["imports go", "gateway/a.ts", from("../deploy/dev.ts")],
    ["imports go", "ui/model/a.ts", from("../../actors/runtime/mod.ts", "type { x }")],
    ["imports go", "ui/a.tsx", from("../gateway/app.ts", "type { x }")],
    ["imports go", "deploy/a.ts", from("../tests/support/nats.ts")],
    ["imports go", "actors/feeds/a.ts", 'const x = await import("../pair/mod.ts");'],
    ["imports go", "actors/feeds/a.ts", 'export * from "../pair/mod.ts";'],
    ["a folder of actors", "actors/pair/a.ts", from("../contract/units.ts")],
    ["a folder of actors", "actors/main.ts", from("./pair/book.ts")],
    ["a folder of actors", "gateway/a.ts", from("../actors/contract/units.ts")],
    ["a folder of actors", "actors/feeds/a.ts", from("./readers/csv.ts")],
    ["_x.ts is private", "actors/feeds/readers/a.ts", from("../_support.ts")],
    ["_x.ts is private", "tests/a_test.ts", from("../deploy/tools/_run.ts")],
    ["only adapters", "actors/main.ts", from("@nats-io/kv", "type { x }")],
    ["only adapters", "actors/runtime/a.ts", from("npm:@nats-io/kv@3")],
    ["only adapters", "ui/a.ts", from("@nats-io/nats-core")],
    ["the page loads", "ui/a.ts", from("zod")],
    ["no ambient", "actors/pair/a.ts", "const t = Date.now();"],
    ["no ambient", "actors/contract/a.ts", "const t = new Date();"],
    ["no ambient", "actors/estimators/a.ts", "const t = performance.now();"],
    ["no ambient", "actors/detectors/a.ts", "const t = Math.random();"],
    ["no ambient", "actors/market/a.ts", "const t = crypto.randomUUID();"],
    ["no ambient", "actors/alerts/a.ts", "setTimeout(f, 1);"],
    ["no ambient", "actors/runtime/a.ts", "const f = setInterval;"],
    ["no ambient", "actors/feeds/readers/a.ts", "await fetch(url);"],
    ["no ambient", "actors/feeds/a.ts", "Deno.readTextFile(path);"],
    ["no ambient", "actors/feeds/a.ts", "const f = `${Deno.args[0]}`;"],
    ["no ambient", "actors/feeds/a.ts", "globalThis.performance;"],
    ["no console.log", "gateway/a.ts", "console.log(1);"],
    ["no any", "gateway/a.ts", "const a: any = 1;"],
    ["no any", "gateway/a.ts", "const a = b as any;"],
    ["no any", "gateway/a.ts", "function f(a: Record<string, any>): void {}"],
    ["no any", "gateway/a.ts", "type A = string | any[];"],
    ["sources have", "gateway/a.ts", long],
    ["files and folders", "gateway/fooBar.ts", ""],
    ["files and folders", "gateway/foo-bar.ts", ""],
    ["files and folders", "ui/Components/a.tsx", ""],
    ["every _test.ts", "gateway/a_test.ts", '// Deno.test("no")'],
    ["nothing is left", "gateway/a.ts", "// TO" + "DO: more"],
    ["nothing is left", "gateway/a.ts", "/* FIX" + "ME */"],
    ["the repository", "gateway/a.ts", "// See issue 12."],
    ["the repository", "gateway/a.ts", "// As #12 asks"],
    ["the repository", "docs/a.md", "Run it in /work/" + "main."],
  ];
  for (const [rule, path, text] of breaking) {
    assert.equal(linesOf(rule, path, text).length, 1, `${rule}: ${path}: ${text}`);
  }
  const broken = new Set(breaking.map(([rule]) => TIDY_RULES.find(({ name }) => name.startsWith(rule))));
  assert.equal(broken.size, TIDY_RULES.length);
});

Deno.test("tidy: what the rules allow", () => {
  const allowed: [string, string][] = [
    ["actors/estimators/a.ts", from("../contract/mod.ts") + from("./estimator.ts")],
    ["actors/pair/a.ts", from("../runtime/mod.ts", "type { Actor }") + from("../detectors/mod.ts")],
    ["actors/pair/a.ts", from("../runtime/mod.ts", "{ type Actor, type Emit }")],
    ["actors/feeds/readers/a.ts", from("../ports.ts") + from("../../contract/mod.ts") + from("./_lines.ts")],
    ["actors/feeds/a.ts", from("./readers/mod.ts")],
    ["actors/main.ts", from("./adapters/clock.ts") + from("./pair/mod.ts") + from("./config.ts")],
    ["actors/adapters/a.ts", from("@nats-io/kv") + from("../runtime/mod.ts")],
    ["gateway/main.ts", from("../actors/adapters/nats.ts") + from("../actors/contract/mod.ts") + from("@nats-io/kv")],
    ["ui/a.ts", from("../actors/contract/live.ts", "type { x }") + from("../actors/contract/units.ts")],
    ["actors/pair/a_test.ts", `${from("../../tests/support/frames.ts")}Deno.test("a", () => Date.now());`],
    ["deploy/tools/_bench.ts", from("../../tests/support/nats.ts")],
    ["actors/pair/a.ts", "const at = new Date(ms); state.crypto.fetch(1); this.#performance.now;"],
    ["actors/pair/a.ts", "/** Not Date.now, and no any. */ const a = 'Math.random'; const b = `Deno.x ${a} crypto.`;"],
    ["actors/pair/a.ts", "const r = /['\"`]Date.now/; const s = a / b; // setTimeout"],
    ["actors/pair/a.ts", '/** ```ts\n * import x from "../main.ts";\n * ``` */'],
    ["actors/main.ts", "console.log(1);"],
    ["gateway/a.ts", "Promise.any(list); const any = 1; f({ any: 2 });"],
    ["gateway/a_test.ts", `${"\n".repeat(SOURCE_LINES_MAX)}Deno.test("x");`],
    ["gateway/a.ts", "x\n".repeat(SOURCE_LINES_MAX)],
    ["ui/a.ts", 'const colour = "#123";'],
    ["docs/a.md", "The first of 12 issues: # Title"],
  ];
  for (const [path, text] of allowed) {
    for (const rule of TIDY_RULES) assert.deepEqual(rule.check(path, text), [], `${rule.name}: ${path}: ${text}`);
  }
  assert.equal(linesOf("sources have", "tests/a.ts", "x\n".repeat(TEST_LINES_MAX + 1)).length, 1);
});

Deno.test("tidy: the page may not reach zod through any number of files", () => {
  const sources = new Map([
    ["actors/contract/schemas.ts", from("zod", "{ z }")],
    ["actors/contract/between.ts", from("./schemas.ts") + from("./between.ts")],
    ["actors/contract/types.ts", from("./schemas.ts", "type { x }")],
  ]);
  const check = (file: string, names?: string) =>
    linesOf("the page loads", "ui/model/a.ts", from(`../../actors/contract/${file}`, names), sources).length;
  assert.equal(check("schemas.ts"), 1);
  assert.equal(check("between.ts"), 1);
  assert.equal(check("between.ts", "type { x }"), 0);
  assert.equal(check("types.ts"), 0);
});

Deno.test("`importsOf()` finds every form of import and its line", () => {
  const text = [
    'import "a";',
    'import b from "b";',
    "import {",
    "  c,",
    '} from "c";',
    'import type { D } from "d";',
    'import { type E, type F } from "e";',
    'export * as g from "g";',
    'export type { H } from "h";',
    'const i = () => import("i");',
    'import j, { k } from "j";',
    '// import no from "no";',
    "const text = 'import no from \"no\"';",
  ].join("\n");
  assert.deepEqual(importsOf(text).map(({ specifier, typeOnly, line }) => [specifier, typeOnly, line]), [
    ["a", false, 1],
    ["b", false, 2],
    ["c", false, 5],
    ["d", true, 6],
    ["e", true, 7],
    ["g", false, 8],
    ["h", true, 9],
    ["i", false, 10],
    ["j", false, 11],
  ]);
});

Deno.test("`scanSource()` tells code, strings and comments apart and keeps every line", () => {
  const text = "a /* b */ + 'c\\'d' + `e ${f + `g ${{ h: 1 }}`} i`; // j\n/k'/.test(l) / m // n";
  const { code, comments, codeAndStrings } = scanSource(text);
  for (const part of [code, comments, codeAndStrings]) {
    assert.equal(part.length, text.length);
    assert.equal(part.indexOf("\n"), text.indexOf("\n"));
  }
  assert.equal(code.replace(/[^a-z]/g, ""), "afhtestlm");
  assert.equal(comments.replace(/[^a-z]/g, ""), "bjn");
  assert.equal(codeAndStrings.replace(/[^a-z]/g, ""), "acdefghiktestlm");
});

Deno.test("`scanSource()` does not lose its way in any file: every bracket of the code is closed", () => {
  for (const [path, text] of FILES) {
    if (!/\.ts$/.test(path)) continue;
    const open: string[] = [];
    for (const char of scanSource(text).code) {
      if ("([{".includes(char)) open.push(char);
      else if (")]}".includes(char)) assert.equal(open.pop(), "([{"[")]}".indexOf(char)], path);
    }
    assert.deepEqual(open, [], path);
  }
});
