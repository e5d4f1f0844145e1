/**
 * Tables of a recording by hour: means of what the samples say of each pair, and of every two of them.
 *
 * A mean is over time: a sample that has the value counts for as long as it is until the next one, five minutes at most, since samples
 * come only while events do; where none has it the cell is empty. Rates are events counted over the time between the first and the last
 * sample of the hour. Rows stand for hours of UTC that had at least one sample.
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
  US_PER_MINUTE,
  US_PER_MS,
  US_PER_SECOND,
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

/** How long a sample counts at most: behind it the market was silent, and whatever it said is old. */
const HELD_US_MAX = 5 * US_PER_MINUTE;
/** Digits of a rate. */
const RATE_DIGITS = 3;

class Mean {
  #sum = 0;
  #weight = 0;
  add(value: number, weight: number): void {
    this.#sum += value * weight;
    this.#weight += weight;
  }
  get value(): number | undefined {
    return this.#weight === 0 ? undefined : this.#sum / this.#weight;
  }
}

interface Hour {
  readonly pair: Pair;
  readonly startUs: number;
  readonly sessions: string;
  readonly means: readonly Mean[];
  readonly first: MetricSample;
  last: MetricSample;
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
  /** Newest sample of each pair. */
  readonly #newest = new Map<string, MetricSample>();

  take(sample: MetricSample | MarketSample): void {
    const startUs = hourOf(sample.timeUs);
    if ("pair" in sample) this.#takePair(sample, startUs);
    else this.#takeMarket(sample, startUs);
  }

  #takePair(sample: MetricSample, startUs: number): void {
    const before = this.#newest.get(sample.pair);
    this.#newest.set(sample.pair, sample);
    if (before !== undefined) this.#weigh(before, Math.min(sample.timeUs - before.timeUs, HELD_US_MAX));
    const key = keyOf(sample);
    let hour = this.#hours.get(key);
    if (hour === undefined) {
      const means = HOUR_COLUMNS.map(() => new Mean());
      const sessions = sample.sessions.join(" + ");
      hour = { pair: parsePair(sample.pair)!, startUs, sessions, means, first: sample, last: sample };
      this.#hours.set(key, hour);
    }
    hour.last = sample;
  }

  /** Count a sample for so long, in its hour. */
  #weigh(sample: MetricSample, heldUs: number): void {
    const { means } = this.#hours.get(keyOf(sample))!;
    const values = sample.values as Record<string, Record<string, number | undefined>>;
    HOUR_COLUMNS.forEach(({ metric }, i) => {
      const [group, name] = metric.split(".") as [string, string];
      const value = values[group]?.[name];
      if (value !== undefined && heldUs > 0) means[i]!.add(value, heldUs);
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
        together.correlation.add(value, 1);
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
      ["pair", "hour, UTC", "sessions", "book events/s", "trades/s", ...shown.map(({ column }) => column.title)],
      ["---", "---", "---", "---:", "---:", ...shown.map(() => "---:")],
      ...hours.map(({ pair, startUs, sessions, means, first, last }) => [
        pairLabel(pair),
        hourText(startUs),
        sessions,
        rate(first, last, ({ quotes, levels }) => quotes + levels),
        rate(first, last, ({ trades }) => trades),
        ...shown.map(({ column, i }) => written(means[i]!.value, column)),
      ]),
    ]);
  }
}

/** Start of a sample's hour. It ends its interval: the one on the hour is of the hour before. */
const hourOf = (timeUs: number) => Math.floor((timeUs - 1) / US_PER_HOUR) * US_PER_HOUR;
const keyOf = ({ pair, timeUs }: MetricSample) => `${pair} ${hourOf(timeUs)}`;

const hourText = (startUs: number) => new Date(startUs / US_PER_MS).toISOString().slice(0, 13).replace("T", " ");

const markdown = (rows: readonly (readonly string[])[]) => rows.map((cells) => `| ${cells.join(" | ")} |\n`).join("");

/** Events a second between two samples. */
function rate(first: MetricSample, last: MetricSample, countOf: (counts: MetricSample["counts"]) => number): string {
  const seconds = (last.timeUs - first.timeUs) / US_PER_SECOND;
  const count = countOf(last.counts) - countOf(first.counts);
  return written(seconds > 0 ? count / seconds : undefined, { digits: RATE_DIGITS });
}

function written(value: number | undefined, { digits, scale = 1 }: Pick<Column, "digits" | "scale">): string {
  return value === undefined ? "" : String(Number((value / scale).toPrecision(digits)));
}
