/**
 * docs/METRICS.md: the catalogue of metrics, and of each estimator what its doc comment says.
 *
 * A doc comment begins with what the estimator means; behind that stand paragraphs that begin with `Formula:`, `Warm-up:`, `Cost:`,
 * `Pitfall:` and `Source:`.
 *
 * @module
 */
import {
  ABSENT_REASONS,
  MARKET_METRICS,
  type MarketMetricSpec,
  METRICS,
  type MetricSpec,
} from "../../actors/contract/mod.ts";

/** The page. */
export const METRICS_PAGE = new URL("../../docs/METRICS.md", import.meta.url);

const ACTORS = new URL("../../actors/", import.meta.url);
/** Folders of estimators, and what they are of. */
const FOLDERS = { estimators: "One pair", market: "Across pairs" } as const;
type Folder = keyof typeof FOLDERS;

/** What a doc comment says under each label. */
export const DOC_LABELS = ["Formula", "Warm-up", "Cost", "Pitfall", "Source"] as const;
export type DocLabel = typeof DOC_LABELS[number];

export interface EstimatorDoc {
  /** Name of the file, without `.ts`. */
  file: string;
  /** The first paragraph. */
  meaning: string;
  parts: Partial<Record<DocLabel, string>>;
}

/** What the module comment of a source says, before its example. */
export function estimatorDoc(file: string, source: string): EstimatorDoc {
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(source)?.[1] ?? "";
  const [text] = comment.split("\n").map((line) => line.replace(/^\s*\* ?/, "").trimEnd()).join("\n").split(/\n@/);
  const sections = text!.split(new RegExp(`(?:^|\\n)(?=(?:${DOC_LABELS.join("|")}):)`));
  const parts: EstimatorDoc["parts"] = {};
  for (const section of sections.slice(1)) {
    const [, label, body] = /^([A-Za-z-]+):([\s\S]*)$/.exec(section)!;
    // A paragraph ends at an empty line: what follows is told in the source alone.
    parts[label as DocLabel] = oneLine(body!.trim().split(/\n\s*\n/)[0]!);
  }
  return { file, meaning: oneLine(sections[0]!.trim().split(/\n\s*\n/)[0]!), parts };
}

/** Docs of every estimator of a folder that has a formula, by file name. */
export async function estimatorDocs(folder: Folder): Promise<EstimatorDoc[]> {
  const docs: EstimatorDoc[] = [];
  for await (const { name } of Deno.readDir(new URL(`${folder}/`, ACTORS))) {
    if (!/^[a-z]\w*\.ts$/.test(name) || /_(test|bench)\.ts$/.test(name)) continue;
    const source = await Deno.readTextFile(new URL(`${folder}/${name}`, ACTORS));
    const doc = estimatorDoc(name.slice(0, -".ts".length), source);
    if (doc.parts.Formula !== undefined) docs.push(doc);
  }
  return docs.sort((a, b) => a.file < b.file ? -1 : 1);
}

/** Text of {@linkcode METRICS_PAGE}. */
export async function metricsPage(): Promise<string> {
  const groups = Object.entries<Record<string, MetricSpec>>(METRICS).map(([group, metrics]) =>
    [
      `## ${group}`,
      "",
      "| metric | unit | definition | estimator |",
      "|---|---|---|---|",
      ...Object.entries(metrics).map(([name, { unit, doc, estimator }]) =>
        row([`\`${group}.${name}\``, unit, doc, link("estimators", estimator)])
      ),
    ].join("\n")
  );
  const reasons = Object.entries(ABSENT_REASONS).map(([reason, words]) => row([`\`${reason}\``, words]));
  const tables: string[] = [];
  for (const [folder, title] of Object.entries(FOLDERS) as [Folder, string][]) {
    const rows = (await estimatorDocs(folder)).map(({ file, meaning, parts }) =>
      row([
        link(folder, file),
        `${meaning} ${parts.Formula}`,
        parts["Warm-up"],
        parts.Cost,
        parts.Pitfall,
        parts.Source,
      ])
    );
    tables.push(
      [
        `### ${title}`,
        "",
        "| estimator | formula | warm-up | cost | pitfall | source |",
        "|---|---|---|---|---|---|",
        ...rows,
      ]
        .join("\n"),
    );
  }
  const across = [
    "## across pairs",
    "",
    ACROSS,
    "",
    "| metric | unit | definition | estimator |",
    "|---|---|---|---|",
    ...Object.entries<MarketMetricSpec>(MARKET_METRICS).map(([name, { unit, doc, estimator }]) =>
      row([`\`${name}\``, unit, doc, link("market", estimator)])
    ),
  ].join("\n");
  return [HEAD, "| reason | meaning |\n|---|---|\n" + reasons.join("\n"), ...groups, across, HOW, ...tables].join(
    "\n\n",
  ) +
    "\n";
}

const link = (folder: Folder, file: string) => `[${file}](../actors/${folder}/${file}.ts)`;
const row = (cells: readonly (string | undefined)[]) =>
  `| ${cells.map((cell) => (cell ?? "").replaceAll("|", "\\|")).join(" | ")} |`;
const oneLine = (text: string) => text.replaceAll(/\s+/g, " ").trim();

const HEAD = `# Metrics

<!-- Written by \`deno task schemas\` from actors/contract/metric_catalogue.ts and the doc comments of the estimators. -->

A pair actor closes a sample every 250 ms of event time while events arrive. Units: price is quote currency per unit of base currency,
size is base currency units, M is a million of them, 1 bps is 1e-4 of the mid, a year of volatility has 52 weeks of 5 days of 24 hours. A
window of W seconds covers W seconds of event time and the slot that is still open. Numbers named here are defaults:
[the options](schemas/metric_options.json) of each pair say otherwise (\`deno task pairs options EURUSD FILE\`,
\`deno task analyze --options FILE\`). Nothing is derived over a closed market, which is one whose mid has stood for an hour.
Sessions (Sydney, Tokyo, London, New York) are open from 08:00 to 17:00 on the clock of their city, Monday to Friday; the trading day rolls at
17:00 in New York. A value that
is absent stands in the sample's \`absent\` with the reason:`;

const ACROSS =
  `The market actor closes a sample across all pairs every second of event time, on \`fx.metrics.MARKET\`. Values of two pairs stand in
arrays, one for every two of \`pairs\`: (1, 0), (2, 0), (2, 1), (3, 0), … In place of an absent value stands the reason.`;

const HOW = `## How they are computed

Every estimator is one file, folds event time only, has a bounded state, and is checked in the tests against its formula computed anew
from the whole history, and against published numbers. [An example](../actors/examples/) adds one of your own.`;
