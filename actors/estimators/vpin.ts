/**
 * VPIN: how one-sided volume has been, in a time that volume makes.
 *
 * Formula: trades fill buckets of volume V one after another, split exactly where a bucket is full;
 * VPIN = Σ|V_b − V_s| / ΣV over the last n = 50 buckets, that is the paper's Σ|V_b − V_s|/(n·V) while V does not change. V is an option, or a
 * fiftieth of the trailing mean daily volume, fixed from the first trade of a trading day on (`_daily_volume.ts` says what goes before
 * the first whole day); a bucket keeps the V it began with. A trade's side is its sign; one of unknown side counts half to each.
 * With bulk classification sides come from `bulk_volume.ts`, bar by bar. cdf = share of the last 1,000 VPINs, one for each bucket, that
 * are no higher than the newest (compared to 9 digits).
 * Warm-up: n buckets, and 20 VPINs for cdf; with a trailing V an hour of trades before the first bucket. `undefined` while no volume
 * in the n buckets had a side.
 * Cost: O(1) per trade, and per bucket a move of half of the 1,000. A trade larger than n buckets fills all n and no more VPINs enter
 * the distribution for it than n + 1. State: 3·n + 1,000 + 40 numbers (+ 208 for bulk classification).
 * Pitfall: it has no clock. A closed market or a weekend passes between two trades like any pause, and the value stands meanwhile.
 * Source: Easley, López de Prado, O'Hara (2012), Flow toxicity and liquidity in a high-frequency world.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const vpin = new Vpin({ bucketSize: 100, buckets: 2 });
 * vpin.update(0, 1.1, 130, 1); // a bucket of 100 bought, and 30 of the next
 * vpin.update(1, 1.1, 70, -1); // which is 30 to 70
 * assert.equal(vpin.value, (100 + 40) / 200);
 * ```
 *
 * @module
 */
import { DAILY_VOLUME_STATE, DailyVolume } from "./_daily_volume.ts";
import { BULK_VOLUME_STATE, BulkVolume } from "./bulk_volume.ts";
import { type Estimator, finite } from "./estimator.ts";
import { RollingQuantiles } from "./rolling_quantiles.ts";
import { RollingSums } from "./rolling_sums.ts";

export interface VpinOptions {
  /** Volume of a bucket, base units. @default {mean daily volume / bucketsPerDay} */
  bucketSize?: number | undefined;
  /** @default {50} */
  bucketsPerDay?: number;
  /** Buckets in one VPIN. @default {50} */
  buckets?: number;
  /** Sides of trades, or bulk volume classification. @default {"trades"} */
  signing?: "trades" | "bulk";
  /** Length of a bar of bulk classification, microseconds. @default {60_000_000} */
  bulkBarUs?: number;
  /** VPINs in the trailing distribution. @default {1_000} */
  cdfCount?: number;
}

const CDF_COUNT_MIN = 20;
/** VPINs are told apart to this many parts of one, so that equal ones are not ranked by their rounding. */
const CDF_PARTS = 1e9;
const IMBALANCE = 0;
const VOLUME = 1;
const SIDED = 2;
const OWN_STATE = 6;

export class Vpin implements Estimator {
  readonly #bucketsPerDay: number;
  readonly #buckets: RollingSums;
  readonly #vpins: RollingQuantiles;
  readonly #cdfCountMin: number;
  readonly #daily = new DailyVolume();
  readonly #bulk: BulkVolume | undefined;
  readonly #bucketSize: number | undefined;
  #hasTrades = 0;
  /** The bucket that is being filled: its size, what is in it, of that with a side, and bought less sold. */
  #size = NaN;
  #filled = 0;
  #sided = 0;
  #net = 0;
  #value = NaN;

  constructor(options: VpinOptions = {}) {
    const { buckets = 50, cdfCount = 1_000, bulkBarUs } = options;
    this.#bucketSize = options.bucketSize;
    this.#bucketsPerDay = options.bucketsPerDay ?? 50;
    this.#buckets = new RollingSums({ rowCount: buckets, channelCount: 3 });
    this.#vpins = new RollingQuantiles({ count: cdfCount });
    this.#cdfCountMin = Math.min(CDF_COUNT_MIN, cdfCount);
    if (options.signing === "bulk") {
      this.#bulk = new BulkVolume(
        bulkBarUs === undefined ? {} : { barUs: bulkBarUs },
        (buyShare, volume) => this.#fill(2 * buyShare - 1, volume, volume),
      );
    }
  }

  /** One trade; `sign` is 1 where a buyer took, −1 where a seller hit, 0 where it is unknown. */
  update(timeUs: number, price: number, size: number, sign: number): void {
    // A bar that has ended fills buckets of the size that was in force while it lasted.
    this.#bulk?.advance(timeUs);
    if (!(size > 0) || size === Infinity) return;
    this.#hasTrades = 1;
    if (this.#bucketSize === undefined) this.#daily.update(timeUs, size);
    if (this.#bulk !== undefined) this.#bulk.update(timeUs, price, size);
    else this.#fill(sign, size, sign === 0 ? 0 : size);
  }

  /** Bring it to a time without a trade. */
  advance(timeUs: number): void {
    this.#bulk?.advance(timeUs);
  }

  /** Whether there was ever a trade. */
  get hasTrades(): boolean {
    return this.#hasTrades === 1;
  }

  /** Whether there are buckets enough for a value. */
  get warm(): boolean {
    return this.#buckets.full;
  }

  /** VPIN at the end of the newest full bucket, 0 to 1. */
  get value(): number | undefined {
    return finite(this.#value);
  }

  /** Share of the trailing VPINs, the newest among them, that are no higher than the newest. */
  get cdf(): number | undefined {
    if (this.value === undefined || this.#vpins.count < this.#cdfCountMin) return undefined;
    return this.#vpins.shareNotAbove(Math.round(this.#value * CDF_PARTS) / CDF_PARTS);
  }

  /** Volume of a bucket that begins now, base units. */
  get bucketSize(): number | undefined {
    const size = this.#bucketSize ?? this.#daily.mean / this.#bucketsPerDay;
    return size > 0 ? finite(size) : undefined;
  }

  /** Put volume into buckets; `lean` is bought less sold as a share of it, `sided` that of known side. */
  #fill(lean: number, volume: number, sided: number): void {
    const next = this.bucketSize;
    if (next === undefined) return;
    if (Number.isNaN(this.#size)) this.#size = next;
    const sidedShare = sided / volume;
    const room = this.#size - this.#filled;
    if (volume < room) {
      this.#filled += volume;
      this.#sided += sided;
      this.#net += lean * volume;
      return;
    }
    this.#close(Math.abs(this.#net + lean * room), this.#size, this.#sided + sidedShare * room);
    const rest = volume - room;
    const over = rest % next;
    const whole = Math.min(Math.round((rest - over) / next), this.#buckets.rowCount);
    for (let k = 0; k < whole; k++) this.#close(Math.abs(lean) * next, next, sidedShare * next);
    this.#size = next;
    this.#filled = over;
    this.#sided = sidedShare * over;
    this.#net = lean * over + 0; // never −0
  }

  #close(imbalance: number, volume: number, sided: number): void {
    const buckets = this.#buckets;
    buckets.row[IMBALANCE] = imbalance;
    buckets.row[VOLUME] = volume;
    buckets.row[SIDED] = sided;
    buckets.push();
    if (!buckets.full) return;
    const vpin = Math.min(1, buckets.sum(IMBALANCE) / buckets.sum(VOLUME));
    this.#value = buckets.sum(SIDED) > 0 ? vpin : NaN;
    this.#vpins.push(Math.round(this.#value * CDF_PARTS) / CDF_PARTS);
  }

  snapshot(): number[] {
    return [
      this.#hasTrades,
      this.#size,
      this.#filled,
      this.#sided,
      this.#net,
      this.#value,
      ...this.#daily.snapshot(),
      ...(this.#bulk?.snapshot() ?? []),
      ...this.#buckets.snapshot(),
      ...this.#vpins.snapshot(),
    ];
  }

  restore(state: readonly number[]): void {
    this.#hasTrades = state[0]!;
    this.#size = state[1]!;
    this.#filled = state[2]!;
    this.#sided = state[3]!;
    this.#net = state[4]!;
    this.#value = state[5]!;
    let at = OWN_STATE;
    this.#daily.restore(state.slice(at, at += DAILY_VOLUME_STATE));
    if (this.#bulk !== undefined) this.#bulk.restore(state.slice(at, at += BULK_VOLUME_STATE));
    this.#buckets.restore(state.slice(at, at += 4 + 3 * this.#buckets.rowCount));
    this.#vpins.restore(state.slice(at));
  }
}
