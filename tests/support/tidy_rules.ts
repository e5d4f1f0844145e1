/**
 * The house rules as programs: each takes a file's path and text and answers what breaks the rule, and what to do instead.
 *
 * @module
 */
import { importsOf, lineOf, scanSource, type SourceImport } from "./source_text.ts";

export interface Violation {
  line: number;
  advice: string;
}

export interface Rule {
  readonly name: string;
  /** @param sources text of every file by path, where a rule must follow imports. */
  check(path: string, text: string, sources?: ReadonlyMap<string, string>): Violation[];
}

/** Lines of a source at most. */
export const SOURCE_LINES_MAX = 400;
/** Lines of a test at most. */
export const TEST_LINES_MAX = 600;

const isSource = (path: string) => /\.tsx?$/.test(path);
const isTest = (path: string) => path.startsWith("tests/") || /(^|_)(test|bench)\.tsx?$/.test(path);
const dirname = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));
const basename = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/** Where a relative import leads, from the root of the repository; `undefined` for packages. */
function resolve(path: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const parts: string[] = [];
  for (const part of `${dirname(path)}/${specifier}`.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

/** The part of the house a file belongs to: a folder of actors, `actors` for its entry points, or a folder of the root. */
function partOf(path: string): string {
  const [top, folder, ...rest] = path.split("/");
  if (top !== "actors") return top!;
  return rest.length > 0 ? folder! : "actors";
}

const FOLDERS = [
  "contract",
  "book",
  "estimators",
  "detectors",
  "pair",
  "market",
  "alerts",
  "feeds",
  "analysis",
  "evaluation",
  "runtime",
  "adapters",
  "examples",
];

/** Who may import whom; `type` where only types may cross. */
const DIRECTIONS: Readonly<Record<string, Readonly<Record<string, "all" | "type">>>> = {
  contract: {},
  book: { contract: "all" },
  estimators: { contract: "all", book: "all" },
  detectors: { contract: "all", book: "all", estimators: "all" },
  pair: { contract: "all", book: "all", estimators: "all", detectors: "all", runtime: "type" },
  market: { contract: "all", book: "all", estimators: "all", detectors: "all", runtime: "type" },
  alerts: { contract: "all", estimators: "all", detectors: "all", runtime: "type" },
  feeds: { contract: "all" },
  analysis: { contract: "all" },
  evaluation: { contract: "all", detectors: "all", feeds: "all", pair: "all", market: "all", runtime: "type" },
  runtime: { contract: "all" },
  adapters: { contract: "all", runtime: "all", feeds: "type" },
  examples: { contract: "all", estimators: "all", feeds: "all", adapters: "all" },
  actors: Object.fromEntries(FOLDERS.map((folder) => [folder, "all"])),
  gateway: { contract: "all", alerts: "all", adapters: "all", runtime: "all" },
  ui: { contract: "all" },
  deploy: Object.fromEntries(["actors", "gateway", "ui", ...FOLDERS].map((part) => [part, "all"])),
};

function perImport(check: (path: string, target: SourceImport & { path: string | undefined }) => string | undefined) {
  return (path: string, text: string): Violation[] => {
    if (!isSource(path)) return [];
    return importsOf(text).flatMap((target) => {
      const advice = check(path, { ...target, path: resolve(path, target.specifier) });
      return advice === undefined ? [] : [{ line: target.line, advice }];
    });
  };
}

const importDirection: Rule = {
  name: "imports go one way",
  check: perImport((path, target) => {
    if (target.path === undefined || isTest(path)) return undefined;
    const from = partOf(path);
    const to = partOf(target.path);
    if (from === to) return undefined;
    if (to === "tests") return `${target.specifier}: only tests import tests; move what is shared into the product`;
    const allowed = DIRECTIONS[from]?.[to];
    if (allowed === "all" || (allowed === "type" && target.typeOnly)) return undefined;
    if (allowed === "type") return `${target.specifier}: ${from} may import types of ${to} only, with "import type"`;
    const may = Object.keys(DIRECTIONS[from] ?? {}).join(", ") || "nothing";
    return `${target.specifier}: ${from} may not import ${to}; it may import ${may}; state a port and let the entry point wire it`;
  }),
};

const doors: Rule = {
  name: "a folder of actors is entered through its mod.ts",
  check: perImport((path, target) => {
    if (target.path === undefined || !target.path.startsWith("actors/") || isTest(path)) return undefined;
    const folder = dirname(target.path);
    const inside = `${dirname(path)}/`.startsWith(`${folder}/`);
    // Each adapter stands alone, so that an entry point loads no more than it uses; the page takes pure files one by one.
    const apart = folder === "actors/adapters" || (path.startsWith("ui/") && folder === "actors/contract");
    if (inside || apart || basename(target.path) === "mod.ts") return undefined;
    return `${target.specifier}: import ${folder}/mod.ts instead`;
  }),
};

const privateFiles: Rule = {
  name: "_x.ts is private to its folder",
  check: perImport((path, target) => {
    if (target.path === undefined || !basename(target.path).startsWith("_")) return undefined;
    if (dirname(target.path) === dirname(path)) return undefined;
    return `${target.specifier}: private to ${dirname(target.path)}; export it from that folder's mod.ts, or move it`;
  }),
};

const natsAtTheEdge: Rule = {
  name: "only adapters, the gateway, deploy and tests know NATS",
  check: perImport((path, target) => {
    if (!/^(npm:)?@nats-io\//.test(target.specifier)) return undefined;
    if (isTest(path) || /^(actors\/adapters|gateway|deploy)\//.test(path)) return undefined;
    return `${target.specifier}: state a port and implement it in actors/adapters`;
  }),
};

/** Whether a file loads zod when it runs, itself or through what it imports. */
function loadsZod(path: string, sources: ReadonlyMap<string, string>, seen = new Set<string>()): boolean {
  if (seen.has(path)) return false;
  seen.add(path);
  return importsOf(sources.get(path) ?? "").some(({ specifier, typeOnly }) => {
    if (typeOnly) return false;
    const target = resolve(path, specifier);
    return target === undefined ? /^(npm:)?zod\b|\/zod-/.test(specifier) : loadsZod(target, sources, seen);
  });
}

const pageWithoutSchemas: Rule = {
  name: "the page loads no schemas",
  check(path, text, sources = new Map()) {
    if (!path.startsWith("ui/") || !isSource(path) || isTest(path)) return [];
    return importsOf(text).flatMap(({ specifier, typeOnly, line }) => {
      const target = resolve(path, specifier);
      if (typeOnly || (target === undefined ? !/^(npm:)?zod\b/.test(specifier) : !loadsZod(target, sources))) return [];
      return [{
        line,
        advice: `${specifier}: loads zod into the page; use "import type", or a contract file without zod`,
      }];
    });
  },
};

/** Bans by word, over code without strings and comments. */
function words(name: string, applies: (path: string) => boolean, banned: readonly (readonly [RegExp, string])[]): Rule {
  return {
    name,
    check(path, text) {
      if (!isSource(path) || !applies(path)) return [];
      const { code } = scanSource(text);
      return banned.flatMap(([pattern, advice]) =>
        [...code.matchAll(pattern)].map((match) => ({
          line: lineOf(code, match.index),
          advice: `${match[0].trim()}: ${advice}`,
        }))
      );
    },
  };
}

const PURE = /^actors\/(contract|book|estimators|detectors|pair|market|alerts|runtime|feeds|analysis)\//;

const ambient = words(
  "no ambient clock, randomness or I/O in pure folders",
  (path) => PURE.test(path) && !isTest(path),
  [
    [/\bDate\.now\b/g, "take the time from the event, or from a Clock port"],
    [/\bnew Date\(\s*\)/g, "take the time from the event, or from a Clock port"],
    [/(?<![\w$.#])performance\s*\./g, "measure in the benchmark, or take a Clock port"],
    [/\bMath\.random\b/g, "take a seeded generator as an option"],
    [/(?<![\w$.#])crypto\s*\./g, "take a seeded generator, or derive the id from the log's sequence"],
    [/(?<![\w$.#])(?:setTimeout|setInterval)\b/g, "take a Clock port"],
    [/(?<![\w$.#])fetch\(/g, "state a port and implement it in actors/adapters"],
    [/(?<![\w$.#])Deno\./g, "state a port and implement it in actors/adapters"],
    [/\bglobalThis\b/g, "name what is needed as a port"],
  ],
);

const isEntryPoint = (path: string) => /(^|\/)(\w+_)?main\.tsx?$/.test(path) || path.startsWith("actors/examples/");

const quiet = words(
  "no console.log outside entry points",
  (path) =>
    !isTest(path) && !isEntryPoint(path) && !path.startsWith("deploy/") &&
    !/^actors\/adapters\/(role|command)\.ts$/.test(path),
  [[/\bconsole\.log\b/g, "take a LogLine"]],
);

const noAny = words("no any", (path) => !isTest(path), [
  [/(?::|<|,|\||&|=>|\bas)\s*any\b(?=\s*(?:[[\]>,;)|&=}]|\{|$))/gm, "use unknown and narrow it, or a type parameter"],
]);

const size: Rule = {
  name: `sources have up to ${SOURCE_LINES_MAX} lines, tests up to ${TEST_LINES_MAX}`,
  check(path, text) {
    if (!isSource(path)) return [];
    const lineCount = lineOf(text.trimEnd(), text.length);
    const max = isTest(path) ? TEST_LINES_MAX : SOURCE_LINES_MAX;
    return lineCount <= max
      ? []
      : [{ line: max, advice: `${lineCount} lines, at most ${max}: give each concept its own file` }];
  },
};

const names: Rule = {
  name: "files and folders of sources are snake_case",
  check(path) {
    if (!isSource(path) || path.split("/").every((part) => /^_?[a-z0-9]+(_[a-z0-9]+)*(\.tsx?)?$/.test(part))) return [];
    return [{ line: 1, advice: "rename it in snake_case" }];
  },
};

const testsTest: Rule = {
  name: "every _test.ts has a test",
  check(path, text) {
    if (!/_test\.tsx?$/.test(path) || /\bDeno\.test\b/.test(scanSource(text).code)) return [];
    return [{ line: 1, advice: "add a Deno.test, or name it without _test" }];
  },
};

const later: Rule = {
  name: "nothing is left for later",
  check(path, text) {
    if (!isSource(path)) return [];
    const { comments } = scanSource(text);
    return [...comments.matchAll(/\b(?:TO.?DO|FIX.?ME)\b/g)].map(({ index }) => ({
      line: lineOf(text, index),
      advice: "do it now, or write it down where work is planned",
    }));
  },
};

/** Words of a workplace: numbers of issues and reviews, paths of one machine, how the text came to be. */
const WORKPLACE = [
  /\b(?:issue|ticket|pull request|merge request|PR)\s*#?\d+/gi,
  /(?<![\w&/])#\d{1,5}\b/g,
  /\/(?:work|home|Users)\/\w/g,
  /\b(?:language model|co-authored-by|generated (?:by|with) \w+ (?:code|ai)\b|as an ai\b)/gi,
];

const productAlone: Rule = {
  name: "the repository speaks of the product alone",
  check(path, text) {
    const prose = isSource(path) ? scanSource(text).comments : /\.(md|sql|xml)$/.test(path) ? text : "";
    return WORKPLACE.flatMap((pattern) =>
      [...prose.matchAll(pattern)].map((match) => ({
        line: lineOf(prose, match.index),
        advice: `"${match[0]}": say what the code does and why, not where the work was done`,
      }))
    );
  },
};

export const TIDY_RULES: readonly Rule[] = [
  importDirection,
  doors,
  privateFiles,
  natsAtTheEdge,
  pageWithoutSchemas,
  ambient,
  quiet,
  noAny,
  size,
  names,
  testsTest,
  later,
  productAlone,
];
