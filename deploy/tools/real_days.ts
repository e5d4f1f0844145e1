/**
 * docs/REAL-DAYS.md: what the detectors say of real recordings, with charts of the stressed ones. The recordings stand beside the
 * repository and are not part of it; what is written is derived from them.
 *
 * @module
 */
import { type Anomaly, DETECTORS, isAnomalyKind, type MetricSample, US_PER_HOUR } from "../../actors/contract/mod.ts";

const DATA = Deno.env.get("FXMM_SHARED_DATA") ?? new URL("../../../shared/data", import.meta.url).pathname;
const DOCS = new URL("../../docs/", import.meta.url);

interface Day {
  file: string;
  pair: string;
  name: string;
  /** Name of its chart; without, it is in the table alone. */
  chart?: string;
}

const DAYS: readonly Day[] = [
  {
    file: "fx/darwinex_eurusd/EURUSD_darwinex_20210906.csv.gz",
    pair: "EURUSD",
    name: "EUR/USD, 6 September 2021, a holiday in the US",
  },
  { file: "fx/darwinex_eurusd/EURUSD_darwinex_20210907.csv.gz", pair: "EURUSD", name: "EUR/USD, 7 September 2021" },
  { file: "fx/dukascopy_eurusd/EURUSD_20190204.csv.gz", pair: "EURUSD", name: "EUR/USD, 4 February 2019" },
  { file: "fx/dukascopy_gbpjpy/GBPJPY_20121203.csv.gz", pair: "GBPJPY", name: "GBP/JPY, 3 December 2012" },
  {
    file: "fx/dukascopy_gbpjpy/GBPJPY_20121207.csv.gz",
    pair: "GBPJPY",
    name: "GBP/JPY, 7 December 2012, payrolls at 13:30",
    chart: "gbpjpy-2012-12-07",
  },
  {
    file: "fx/dukascopy_usdsgd_fxdata/USDSGD_2015-01-15.csv.gz",
    pair: "USDSGD",
    name: "USD/SGD, 15 January 2015, the Swiss floor goes at 09:30",
    chart: "usdsgd-2015-01-15",
  },
  {
    file: "fx/dukascopy_eurchf_2015-01-15_0919-0959_SNB.csv",
    pair: "EURCHF",
    name: "EUR/CHF, 15 January 2015, 09:19 to 09:59",
    chart: "eurchf-2015-01-15",
  },
];

interface Seen {
  /** Time and mid, one for each sample. */
  mids: [timeUs: number, mid: number][];
  /** The last message of each case. */
  cases: Anomaly[];
}

/** Fold a recording in a process of its own. */
async function analyze({ file, pair }: Day): Promise<Seen> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-P=analyze", "actors/analyze_main.ts", "--no-progress", "--pair", pair, `${DATA}/${file}`],
    stdout: "piped",
    stderr: "null",
  }).output();
  const seen: Seen = { mids: [], cases: [] };
  const cases = new Map<string, Anomaly>();
  for (const line of new TextDecoder().decode(stdout).split("\n")) {
    if (line === "") continue;
    const message = JSON.parse(line) as Anomaly | MetricSample;
    if ("kind" in message) cases.set(message.id, message);
    else if (message.pair === pair) {
      const mid = message.values.price.mid;
      if (mid !== undefined) seen.mids.push([message.timeUs, mid]);
    }
  }
  seen.cases = [...cases.values()].sort((a, b) => a.startUs - b.startUs);
  return seen;
}

const WIDTH = 960;
const PRICE_HEIGHT = 260;
const LANE_HEIGHT = 16;
const POINTS_MAX = 1_500;
const clock = (timeUs: number): string => new Date(timeUs / 1_000).toISOString().slice(11, 19);

/** The mid above, and below it a lane for each kind with its cases. */
function chart({ mids, cases }: Seen): string {
  const kinds = [...new Set(cases.map(({ kind }) => kind))].sort();
  const from = mids[0]![0];
  const to = mids.at(-1)![0];
  const prices = mids.map(([, mid]) => mid);
  const low = Math.min(...prices);
  const high = Math.max(...prices);
  const x = (timeUs: number) => Math.round(((timeUs - from) / (to - from)) * WIDTH * 10) / 10;
  const y = (mid: number) => Math.round((10 + (1 - (mid - low) / (high - low)) * (PRICE_HEIGHT - 20)) * 10) / 10;
  const step = Math.max(1, Math.floor(mids.length / POINTS_MAX));
  const path = mids.filter((_, i) => i % step === 0).map(([timeUs, mid], i) =>
    i === 0 ? `M${x(timeUs)} ${y(mid)}` : `H${x(timeUs)}V${y(mid)}`
  ).join("");
  const lanes = kinds.map((kind, lane) => {
    const top = PRICE_HEIGHT + 8 + lane * LANE_HEIGHT;
    const bars = cases.filter((one) => one.kind === kind).map(({ startUs, endUs }) =>
      `<rect x="${x(startUs)}" y="${top}" width="${Math.max(2, x(endUs) - x(startUs))}" height="${LANE_HEIGHT - 5}"/>`
    );
    return `<text x="4" y="${top + 9}">${isAnomalyKind(kind) ? DETECTORS[kind].title : kind}</text>${bars.join("")}`;
  });
  const height = PRICE_HEIGHT + 16 + kinds.length * LANE_HEIGHT + 16;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<path d="${path}" fill="none" stroke="#10151c"/>`,
    `<g fill="#a84300" fill-opacity="0.75">${
      lanes.join("").replaceAll("<text", '<text fill="#4f5a69" fill-opacity="1"')
    }</g>`,
    `<g fill="#4f5a69"><text x="4" y="12">${high.toPrecision(6)}</text><text x="4" y="${PRICE_HEIGHT - 2}">${
      low.toPrecision(6)
    }</text><text x="4" y="${height - 4}">${clock(from)}</text><text x="${WIDTH - 52}" y="${height - 4}">${
      clock(to)
    }</text></g>`,
    "</svg>\n",
  ].join("\n");
}

const rows: string[] = [];
const stressed: string[] = [];
for (const day of DAYS) {
  const seen = await analyze(day);
  const hours = (seen.mids.at(-1)![0] - seen.mids[0]![0]) / US_PER_HOUR;
  const counts = [...Map.groupBy(seen.cases, ({ kind }) => kind)].map(([kind, of]) => `${of.length} ${kind}`);
  rows.push(
    `| ${day.name} | ${hours.toFixed(1)} | ${seen.cases.length} | ${(seen.cases.length / hours).toFixed(2)} | ${
      counts.join(", ")
    } |`,
  );
  if (day.chart === undefined) continue;
  await Deno.writeTextFile(new URL(`images/${day.chart}.svg`, DOCS), chart(seen));
  const worst = seen.cases.filter(({ severity }) => severity !== "info").slice(0, 12);
  stressed.push(
    `## ${day.name}\n\n![Mid and cases](images/${day.chart}.svg)\n\n${
      worst.map(({ startUs, kind, severity, sentence }) => `- ${clock(startUs)} ${kind}, ${severity}: ${sentence}.`)
        .join("\n")
    }`,
  );
}
await Deno.writeTextFile(
  new URL("REAL-DAYS.md", DOCS),
  `# Real days

What the detectors say of recordings of quotes, with the options that ship. Most have no trades and no levels, so the detectors of
conduct are off. \`deno run -P=build deploy/tools/real_days.ts\` writes this page where the recordings are.

| day | hours | cases | an hour | of them |
| --- | ---: | ---: | ---: | --- |
${rows.join("\n")}

${stressed.join("\n\n")}
`,
);
