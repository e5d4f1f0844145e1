/**
 * Alpha Vantage, `CURRENCY_EXCHANGE_RATE`: the bid and ask of one pair a request, in turn, within what the key allows.
 *
 * What it answers instead of a rate is told as what it is, and nothing is put in its place. A rate that it has not refreshed since the
 * last answer is a duplicate.
 *
 * Source: www.alphavantage.co/documentation, "Exchange Rates".
 *
 * @module
 */
import {
  emptyEvent,
  EventFlag,
  EventKind,
  FeedFault,
  httpFault,
  type Pair,
  pairLabel,
  US_PER_MS,
} from "../../../contract/mod.ts";
import { type FeedLink, type LiveSource, Secrets, symbolsOf, type TextAnswer, ToldTimes } from "../../live/mod.ts";
import { type RateAnswer, readAnswer } from "./alphavantage_answer.ts";
import { RequestBudget } from "./request_budget.ts";

export const ALPHAVANTAGE_URL = "https://www.alphavantage.co/query";
/** What a key without a fee allows. */
export const ALPHAVANTAGE_REQUESTS_PER_MINUTE = 5;
export const ALPHAVANTAGE_REQUESTS_PER_DAY = 25;
/** Time for one answer. */
const SILENCE_MS_MAX = 15_000;
/** Answers in a row that cannot be used, before the connection is given up. */
const UNUSABLE_MAX = 5;

export interface AlphaVantageOptions {
  pairs: readonly Pair[];
  key: string;
  /** @default {ALPHAVANTAGE_URL} */
  url?: string;
  /** @default {5} */
  requestsPerMinute?: number;
  /** @default {25} */
  requestsPerDay?: number;
  /** @default {SILENCE_MS_MAX} */
  silenceMsMax?: number;
}

export function alphaVantageSource(options: AlphaVantageOptions): LiveSource {
  const { pairs, key, url = ALPHAVANTAGE_URL, silenceMsMax = SILENCE_MS_MAX } = options;
  const budget = new RequestBudget({
    requestsPerMinute: options.requestsPerMinute ?? ALPHAVANTAGE_REQUESTS_PER_MINUTE,
    requestsPerDay: options.requestsPerDay ?? ALPHAVANTAGE_REQUESTS_PER_DAY,
    firstRound: pairs.length,
  });
  const secrets = new Secrets(key);
  // Where the round goes on after a connection that ended.
  const turn = { at: 0 };
  return {
    name: "alphavantage",
    gives: ["quotes"],
    conflated: true,
    symbols: symbolsOf(pairs, pairLabel),
    silenceMsMax,
    run(link) {
      return secrets.guard(() => new AlphaVantageRound(link, { pairs, key, url, budget, secrets, turn }).run());
    },
  };
}

interface RoundOptions {
  pairs: readonly Pair[];
  key: string;
  url: string;
  budget: RequestBudget;
  secrets: Secrets;
  turn: { at: number };
}

class AlphaVantageRound {
  readonly #link: FeedLink;
  readonly #options: RoundOptions;
  readonly #times = new ToldTimes();
  readonly #newestUs = new Map<Pair, number>();
  readonly #refused = new Set<Pair>();
  readonly #event = emptyEvent();
  #unusable = 0;

  constructor(link: FeedLink, options: RoundOptions) {
    this.#link = link;
    this.#options = options;
    this.#event.kind = EventKind.quote;
  }

  async run(): Promise<void> {
    const { pairs, budget, turn } = this.#options;
    const link = this.#link;
    while (!link.signal.aborted) {
      const pair = pairs[turn.at % pairs.length]!;
      turn.at++;
      if (this.#refused.has(pair)) continue;
      const answer = await link.text(this.#urlOf(pair));
      budget.spend(this.#nowMs);
      this.#take(pair, answer);
      await link.flush();
      await link.sleep(budget.pauseMs(this.#nowMs));
    }
  }

  get #nowMs(): number {
    return this.#link.receiveTimeUs / US_PER_MS;
  }

  #urlOf(pair: Pair): string {
    const url = new URL(this.#options.url);
    url.searchParams.set("function", "CURRENCY_EXCHANGE_RATE");
    url.searchParams.set("from_currency", pair.slice(0, 3));
    url.searchParams.set("to_currency", pair.slice(3));
    url.searchParams.set("apikey", this.#options.key);
    return url.href;
  }

  /** @throws {FeedFault} where the source does not serve, now or ever. */
  #take(pair: Pair, { status, text, retryAfter }: TextAnswer): void {
    const { budget, secrets } = this.#options;
    const link = this.#link;
    if (status !== 200) {
      const fault = httpFault(status, { what: "Alpha Vantage", retryAfter, nowMs: this.#nowMs });
      if (fault.code !== "rate-limited" || fault.retryAfterMs !== undefined) throw fault;
      throw this.#limit(fault.message, { isNote: true });
    }
    let answer: RateAnswer;
    try {
      answer = readAnswer(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return this.#unusableAnswer(() => link.refuse("line-malformed", () => secrets.hide(text.slice(0, 80))));
    }
    switch (answer.kind) {
      case "limit":
        throw this.#limit(answer.message, answer);
      case "error":
        return this.#refuse(pair, secrets.hide(answer.message));
      case "unknown":
        return this.#unusableAnswer(() => link.refuse("kind-unknown", () => secrets.hide(text.slice(0, 200))));
      case "incomplete": {
        const { reason } = answer;
        budget.accepted();
        link.live();
        link.refuse("column-missing", () => `${pairLabel(pair)}: ${reason}`);
        if (!this.#times.has(pair)) link.pair(pair, "waiting", reason);
        return;
      }
      case "rate":
        this.#unusable = 0;
        budget.accepted();
        link.live();
        return this.#quote(pair, answer);
    }
  }

  #quote(pair: Pair, { timeUs, bid, ask }: Extract<RateAnswer, { kind: "rate" }>): void {
    const link = this.#link;
    const newestUs = this.#newestUs.get(pair) ?? 0;
    if (timeUs <= newestUs) return link.duplicate();
    this.#newestUs.set(pair, timeUs);
    const isFirst = !this.#times.has(pair);
    link.pair(pair, "live");
    const event = this.#event;
    event.eventTimeUs = this.#times.tell(pair, timeUs, link.sourceTimeUs(pair)) ?? timeUs;
    event.flags = EventFlag.conflated | EventFlag.lastOfBatch | (isFirst ? EventFlag.snapshot : 0);
    event.price = bid;
    event.price2 = ask;
    link.emit(pair, event);
  }

  #limit(message: string, { isNote }: { isNote: boolean }): FeedFault {
    const { budget, secrets } = this.#options;
    return new FeedFault("rate-limited", `Alpha Vantage: ${secrets.hide(message)}`, {
      retryAfterMs: budget.refusedMs(this.#nowMs, { isNote }),
    });
  }

  /** A wrong key and a pair that is not there are answered alike: where no pair is served, it may be the key. */
  #refuse(pair: Pair, message: string): void {
    this.#refused.add(pair);
    this.#link.pair(pair, "refused", message);
    this.#link.log("warn", `${pairLabel(pair)} is not served: ${message}`);
    if (this.#refused.size < this.#options.pairs.length) return;
    throw new FeedFault("refused", `Alpha Vantage serves no pair, or not with this key (ALPHAVANTAGE_KEY): ${message}`);
  }

  /** @throws {FeedFault} where too many follow each other. */
  #unusableAnswer(count: () => void): void {
    count();
    if (++this.#unusable < UNUSABLE_MAX) return;
    throw new FeedFault("protocol", `${UNUSABLE_MAX} answers of Alpha Vantage in a row cannot be used`);
  }
}
