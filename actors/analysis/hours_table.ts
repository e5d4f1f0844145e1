/**
 * Tables of a recording by hour: means of what the samples say of each pair, and of every two of them.
 *
 * A mean is over the samples of the hour that have the value, each sample counting once; where none has it the cell is empty. Rows stand
 * for hours of UTC that had at least one sample.
 *
 * @module
 */
import {
  combinationIndex,
  type MarketSample,
  type MetricName,
  type MetricSample,
  type Pair,
  pairLabel,
  parsePair,
  US_PER_HOUR,
  US_PER_MS,
} from "../contract/mod.ts";

interface Column {
  readonly title: string;
  readonly metric: MetricName;
  /** Digits that are shown, all counted. */
  readonly digits: number;
  /** What one of the shown unit is. @default {1} */
  readonly scale?: number;
}

const MILLION = 1e6;

/** What the table shows. */
export const HOUR_COLUMNS: readonly Column[] = [
  { title: "quotes/s", metric: "arrival.quotesPerSecond", digits: 3 },
  { title: "trades/s", metric: "arrival.tradesPerSecond", digits: 3 },
  { title: "spread, pips", metric: "spread.timeWeightedPips", digits: 3 },
  { title: "spread, bps", metric: "spread.timeWeightedBps", digits: 3 },
  { title: "effective, bps", metric: "spread.effectiveBps", digits: 3 },
  { title: "touch, M", metric: "depth.bidTouchSize", digits: 3, scale: MILLION },
  { title: "±2 bps, M", metric: "depth.bid2bpsSize", digits: 3, scale: MILLION },
  { title: "volatility, %", metric: "volatility.realizedPct", digits: 3 },
  { title: "jumps an hour", metric: "volatility.jumpCount", digits: 2 },
  { title: "OFI β, bps/M", metric: "impact.ofiBpsPerMillion", digits: 3 },
  { title: "OFI R²", metric: "impact.ofiR2", digits: 2 },
  { title: "λ, bps/M", metric: "impact.kyleBpsPerMillion", digits: 3 },
  { title: "λ t", metric: "impact.kyleT", digits: 2 },
  { title: "VPIN", metric: "toxicity.vpin", digits: 2 },
];

class Mean {
  #sum = 0;
  #count = 0;
  add(value: number): void {
    this.#sum += value;
    this.#count++;
  }
  get value(): number | undefined {
    return this.#count === 0 ? undefined : this.#sum / this.#count;
  }
}

interface Hour {
  readonly pair: Pair;
  readonly startUs: number;
  sessions: string;
  readonly means: readonly Mean[];
}

/** Two pairs in an hour. */
interface Together {
  readonly pairs: readonly [string, string];
  readonly startUs: number;
  readonly correlation: Mean;
}

export class HoursTable {
  readonly #hours = new Map<string, Hour>();
  readonly #together = new Map<string, Together>();

  take(sample: MetricSample | MarketSample): void {
    // A sample ends its interval: the one on the hour is of the hour before.
    const startUs = Math.floor((sample.timeUs - 1) / US_PER_HOUR) * US_PER_HOUR;
    if ("pair" in sample) this.#takePair(sample, startUs);
    else this.#takeMarket(sample, startUs);
  }

  #takePair(sample: MetricSample, startUs: number): void {
    const key = `${sample.pair} ${startUs}`;
    let hour = this.#hours.get(key);
    if (hour === undefined) {
      const means = HOUR_COLUMNS.map(() => new Mean());
      hour = { pair: parsePair(sample.pair)!, startUs, sessions: sample.sessions.join(" + "), means };
      this.#hours.set(key, hour);
    }
    const values = sample.values as Record<string, Record<string, number | undefined>>;
    HOUR_COLUMNS.forEach(({ metric }, i) => {
      const [group, name] = metric.split(".") as [string, string];
      const value = values[group]?.[name];
      if (value !== undefined) hour.means[i]!.add(value);
    });
  }

  #takeMarket({ pairs, correlation }: MarketSample, startUs: number): void {
    for (let a = 1; a < pairs.length; a++) {
      for (let b = 0; b < a; b++) {
        const value = correlation.value[combinationIndex(a, b)];
        if (typeof value !== "number") continue;
        const key = `${pairs[b]} ${pairs[a]} ${startUs}`;
        let together = this.#together.get(key);
        if (together === undefined) {
          together = { pairs: [pairs[b]!, pairs[a]!], startUs, correlation: new Mean() };
          this.#together.set(key, together);
        }
        together.correlation.add(value);
      }
    }
  }

  /** The tables as Markdown, by pair and then by hour. Columns that are empty in all rows are left out. */
  toMarkdown(): string {
    return [this.#pairsTable(), ...(this.#together.size > 0 ? [this.#togetherTable()] : [])].join("\n");
  }

  #togetherTable(): string {
    const rows = [...this.#together.values()].sort((a, b) =>
      a.startUs - b.startUs || (`${a.pairs}` < `${b.pairs}` ? -1 : 1)
    );
    return markdown([
      ["pairs", "hour, UTC", "correlation"],
      ["---", "---", "---:"],
      ...rows.map(({ pairs, startUs, correlation }) => [
        pairs.map((pair) => pairLabel(pair as Pair)).join(", "),
        hourText(startUs),
        written(correlation.value, { digits: 2 }),
      ]),
    ]);
  }

  #pairsTable(): string {
    const hours = [...this.#hours.values()].sort((a, b) =>
      a.pair === b.pair ? a.startUs - b.startUs : a.pair < b.pair ? -1 : 1
    );
    const shown = HOUR_COLUMNS.flatMap((column, i) =>
      hours.some(({ means }) => means[i]!.value !== undefined) ? [{ column, i }] : []
    );
    return markdown([
      ["pair", "hour, UTC", "sessions", ...shown.map(({ column }) => column.title)],
      ["---", "---", "---", ...shown.map(() => "---:")],
      ...hours.map(({ pair, startUs, sessions, means }) => [
        pairLabel(pair),
        hourText(startUs),
        sessions,
        ...shown.map(({ column, i }) => written(means[i]!.value, column)),
      ]),
    ]);
  }
}

const hourText = (startUs: number) => new Date(startUs / US_PER_MS).toISOString().slice(0, 13).replace("T", " ");

const markdown = (rows: readonly (readonly string[])[]) => rows.map((cells) => `| ${cells.join(" | ")} |\n`).join("");

function written(value: number | undefined, { digits, scale = 1 }: Pick<Column, "digits" | "scale">): string {
  return value === undefined ? "" : String(Number((value / scale).toPrecision(digits)));
}
