/**
 * An estimator of one's own, over a recording: `deno run --allow-read actors/examples/quote_slope.ts FILE…`
 *
 * The quote slope sets the spread against the sizes that are quoted: a narrow spread for small sizes is no better than a wide one
 * for large sizes.
 *
 * Formula: QS = (a − b)/(ln qa + ln qb), in quote currency; here its mean over the quotes of the newest hour of event time.
 * Warm-up: the first quote with two sides and sizes.
 * Cost: two logarithms per quote, three numbers of state.
 * Source: Hasbrouck, Seppi (2001), Common factors in prices, order flows, and liquidity.
 *
 * To publish it with every sample, put the class into `actors/estimators/`, its name into `contract/metric_catalogue.ts` and its
 * value into the panel of its group in `actors/pair/panels/`; the tests then ask for what is missing.
 *
 * @module
 */
import { openFile } from "../adapters/files.ts";
import { systemClock } from "../adapters/clock.ts";
import { EventKind, US_PER_HOUR } from "../contract/mod.ts";
import { type Estimator, finite } from "../estimators/mod.ts";
import { replay } from "../feeds/mod.ts";

export class QuoteSlope implements Estimator {
  #hour = -1;
  #sum = 0;
  #count = 0;

  update(timeUs: number, bid: number, bidSize: number, ask: number, askSize: number): void {
    const hour = Math.floor(timeUs / US_PER_HOUR);
    if (hour !== this.#hour) [this.#hour, this.#sum, this.#count] = [hour, 0, 0];
    const slope = (ask - bid) / (Math.log(askSize) + Math.log(bidSize));
    if (!Number.isFinite(slope)) return;
    this.#sum += slope;
    this.#count++;
  }

  get value(): number | undefined {
    return finite(this.#sum / this.#count);
  }

  snapshot(): number[] {
    return [this.#hour, this.#sum, this.#count];
  }

  restore(state: readonly number[]): void {
    [this.#hour, this.#sum, this.#count] = state as [number, number, number];
  }
}

if (import.meta.main) {
  const slope = new QuoteSlope();
  await replay(Deno.args, {
    openFile,
    clock: systemClock,
    runId: "example",
    outlet: { publish: () => Promise.resolve(), drain: () => Promise.resolve() },
    onEvent(_pair, { kind, eventTimeUs, price, size, price2, size2 }) {
      if (kind === EventKind.quote) slope.update(eventTimeUs, price, size, price2, size2);
    },
  });
  console.log(`quote slope in the last hour: ${slope.value?.toExponential(3) ?? "no quote with sizes"}`);
}
