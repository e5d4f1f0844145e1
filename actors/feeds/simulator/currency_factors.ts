/**
 * The efficient values of all currencies: one log-value each, against the dollar.
 *
 * dx_c = κ·(x̄_c − x_c)·dt + σ_c·v·a_c·(l_c·dF₁ + r_c·dF₂ + √(1 − l² − r²)·dW_c)
 *
 * F₁ is the dollar's own factor, F₂ appetite for risk; v is a log-normal volatility common to all (clusters of an hour, and bursts of a
 * minute), a_c the season of the day. The efficient mid of a pair is exp(x_base − x_quote), so EURUSD × USDJPY = EURJPY at all
 * times. The reversion κ is far too slow to be traded, but keeps prices near their levels for ever.
 *
 * One step costs two normals and one for each currency.
 *
 * @module
 */
import { type Random, TRADING_SECONDS_PER_YEAR, US_PER_SECOND } from "../../contract/mod.ts";
import { CURRENCIES } from "./currencies.ts";
import { currencyPace } from "./sessions.ts";

/** Half of a deviation from a currency's level is gone after this many days. */
const REVERSION_HALF_LIFE_DAYS = 5;
/** The log of the common volatility: standard deviation, and how long half of a cluster lasts. */
const VOLATILITY_LOG_SD = 0.35;
const VOLATILITY_HALF_LIFE_SECONDS = 3_600;
/** The same of bursts that last for a minute: they make returns fat-tailed. */
const BURST_LOG_SD = 0.3;
const BURST_HALF_LIFE_SECONDS = 60;
/** Season of volatility at the quietest and the busiest hour; the mean over a day is about 1. */
const SEASON_QUIET = 0.45;
const SEASON_BUSY = 1.3;
/** The season moves slowly; it is computed anew this often. */
const SEASON_INTERVAL_US = 10 * US_PER_SECOND;

export class CurrencyFactors {
  /** Log-value of each currency in dollars, in the order of the table. */
  readonly logUsd = Float64Array.from(CURRENCIES, ({ usdValue }) => Math.log(usdValue));
  /** How busy each currency is now, see `currencyPace`. */
  readonly pace = new Float64Array(CURRENCIES.length);
  /** The common volatility now, around 1. */
  volatility = 1;

  readonly #random: Random;
  readonly #level = this.logUsd.slice();
  readonly #sigma = Float64Array.from(
    CURRENCIES,
    ({ volatilityPct }) => volatilityPct / 100 / Math.sqrt(TRADING_SECONDS_PER_YEAR),
  );
  readonly #own = Float64Array.from(
    CURRENCIES,
    ({ dollarLoading, riskLoading }) => Math.sqrt(1 - dollarLoading ** 2 - riskLoading ** 2),
  );
  readonly #season = new Float64Array(CURRENCIES.length);
  /** Currencies that move; the others stand still. */
  #active: readonly number[] = [];
  #logVolatility: number;
  #logBurst = 0;
  #seasonUntilUs = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#logVolatility = VOLATILITY_LOG_SD * random.normal();
  }

  /** Which currencies move, by index; the dollar stands still in its own terms. */
  activate(currencies: readonly number[]): void {
    this.#active = currencies.filter((index) => index !== 0).sort((a, b) => a - b);
  }

  /** Move on by a step that ends at `timeUs`. */
  step(timeUs: number, stepSeconds: number): void {
    if (timeUs >= this.#seasonUntilUs) this.#renewSeason(timeUs);
    const random = this.#random;
    this.#logVolatility = reverted(
      this.#logVolatility,
      VOLATILITY_LOG_SD,
      stepSeconds / VOLATILITY_HALF_LIFE_SECONDS,
      random,
    );
    this.#logBurst = reverted(this.#logBurst, BURST_LOG_SD, stepSeconds / BURST_HALF_LIFE_SECONDS, random);
    this.volatility = Math.exp(this.#logVolatility - VOLATILITY_LOG_SD ** 2 + this.#logBurst - BURST_LOG_SD ** 2);

    const reversion = Math.min(1, stepSeconds * Math.LN2 / (REVERSION_HALF_LIFE_DAYS * 86_400));
    const scale = this.volatility * Math.sqrt(stepSeconds);
    const dollar = random.normal();
    const risk = random.normal();
    for (const index of this.#active) {
      const { dollarLoading, riskLoading } = CURRENCIES[index]!;
      const shock = dollarLoading * dollar + riskLoading * risk + this.#own[index]! * random.normal();
      const x = this.logUsd[index]!;
      this.logUsd[index] = x + (this.#level[index]! - x) * reversion +
        this.#sigma[index]! * this.#season[index]! * scale * shock;
    }
  }

  /** Shift the value of a pair by a relative amount, half on each currency; the dollar's half goes to the other. */
  push(base: number, quote: number, logAmount: number): void {
    const onBase = base === 0 ? 0 : quote === 0 ? logAmount : logAmount / 2;
    this.logUsd[base] = this.logUsd[base]! + onBase;
    this.logUsd[quote] = this.logUsd[quote]! - (logAmount - onBase);
  }

  /** Standard deviation of a pair's log value over a second now. */
  sigmaOf(base: number, quote: number): number {
    const [b, q] = [CURRENCIES[base]!, CURRENCIES[quote]!];
    const [sb, sq] = [this.#sigma[base]! * this.#season[base]!, this.#sigma[quote]! * this.#season[quote]!];
    const dollar = sb * b.dollarLoading - sq * q.dollarLoading;
    const risk = sb * b.riskLoading - sq * q.riskLoading;
    const own = (sb * this.#own[base]!) ** 2 + (sq * this.#own[quote]!) ** 2;
    return this.volatility * Math.sqrt(dollar ** 2 + risk ** 2 + own);
  }

  /** Efficient mid of a pair: quote currency for one unit of base. */
  mid(base: number, quote: number): number {
    return Math.exp(this.logUsd[base]! - this.logUsd[quote]!);
  }

  #renewSeason(timeUs: number): void {
    this.#seasonUntilUs = (Math.floor(timeUs / SEASON_INTERVAL_US) + 1) * SEASON_INTERVAL_US;
    for (const index of [0, ...this.#active]) {
      const pace = this.pace[index] = currencyPace(index, timeUs);
      this.#season[index] = SEASON_QUIET + (SEASON_BUSY - SEASON_QUIET) * pace;
    }
  }
}

/** One step of a number that comes back to 0 with this standard deviation, `halfLives` long. */
function reverted(value: number, sd: number, halfLives: number, random: Random): number {
  const fade = Math.min(1, halfLives * Math.LN2);
  return value * (1 - fade) + sd * Math.sqrt(2 * fade) * random.normal();
}
