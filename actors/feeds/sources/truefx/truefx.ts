/**
 * TrueFX, web rates: the touch of each pair, asked for at an interval.
 *
 * Without a user it answers with its ten free pairs, all of them each time. With one, a session is made first; what it is asked for then
 * is only what changed since the last time. A session that has run out is answered like one that never was, without a word: so it is
 * made anew well before, and whenever an answer holds pairs that it was not made for. A session's name holds the password and is never
 * shown.
 *
 * Source: TrueFX, "Market Data Web API Developer Guide".
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
import { type FeedLink, type LiveSource, Secrets, symbolsOf, ToldTimes } from "../../live/mod.ts";
import { isSession, type Rate, readRates } from "./truefx_rates.ts";

export const TRUEFX_URL = "https://webrates.truefx.com/rates/connect.html";
export const TRUEFX_INTERVAL_MS = 1_000;
export const TRUEFX_INTERVAL_MS_MIN = 250;
/** A session is served for about 70 s. */
const SESSION_MS_MAX = 50_000;
/** Time for one answer. */
const SILENCE_MS_MAX = 15_000;
/** Answers in a row without one usable row, before the connection is given up. */
const UNUSABLE_MAX = 10;
/** Sessions in a row that are answered as if they were none. */
const LOST_SESSIONS_MAX = 3;

export interface TrueFxOptions {
  pairs: readonly Pair[];
  user?: string;
  password?: string;
  /** @default {TRUEFX_URL} */
  url?: string;
  /** @default {TRUEFX_INTERVAL_MS} */
  intervalMs?: number;
  /** @default {SESSION_MS_MAX} */
  sessionMsMax?: number;
  /** @default {SILENCE_MS_MAX} */
  silenceMsMax?: number;
}

export function trueFxSource(options: TrueFxOptions): LiveSource {
  const { pairs, user, password, url = TRUEFX_URL } = options;
  const secrets = new Secrets(password, user);
  return {
    name: "truefx",
    gives: ["quotes"],
    conflated: true,
    symbols: symbolsOf(pairs, pairLabel),
    silenceMsMax: options.silenceMsMax ?? SILENCE_MS_MAX,
    run(link) {
      const login = user === undefined || password === undefined ? undefined : { user, password };
      return secrets.guard(() =>
        new TrueFxSession(link, {
          symbols: this.symbols,
          url,
          login,
          intervalMs: options.intervalMs ?? TRUEFX_INTERVAL_MS,
          sessionMsMax: options.sessionMsMax ?? SESSION_MS_MAX,
          secrets,
        }).run()
      );
    },
  };
}

interface SessionOptions {
  symbols: ReadonlyMap<Pair, string>;
  url: string;
  login: { user: string; password: string } | undefined;
  intervalMs: number;
  sessionMsMax: number;
  secrets: Secrets;
}

class TrueFxSession {
  readonly #link: FeedLink;
  readonly #options: SessionOptions;
  readonly #followed = new Map<string, Pair>();
  readonly #times = new ToldTimes();
  readonly #newest = new Map<Pair, Rate>();
  readonly #event = emptyEvent();
  #session: { id: string; madeUs: number } | undefined;
  #isFirstAnswer = true;
  #unusable = 0;
  #lostSessions = 0;

  constructor(link: FeedLink, options: SessionOptions) {
    this.#link = link;
    this.#options = options;
    this.#event.kind = EventKind.quote;
    for (const [pair, symbol] of options.symbols) this.#followed.set(symbol, pair);
  }

  async run(): Promise<void> {
    const link = this.#link;
    const { login, intervalMs, sessionMsMax } = this.#options;
    while (!link.signal.aborted) {
      if (login !== undefined) {
        const isOld = (session: { madeUs: number }) => link.receiveTimeUs - session.madeUs > sessionMsMax * US_PER_MS;
        if (this.#session === undefined || isOld(this.#session)) await this.#connect(login);
      }
      const isWhole = this.#session === undefined || this.#isFirstAnswer;
      this.#take(await this.#ask(this.#session === undefined ? {} : { id: this.#session.id }), { isWhole });
      await link.flush();
      await link.sleep(intervalMs);
    }
  }

  /** @throws {FeedFault} where the user is refused. */
  async #connect({ user, password }: { user: string; password: string }): Promise<void> {
    const c = [...this.#followed.keys()].join(",");
    // s=n: later answers hold only what changed.
    const answer = (await this.#ask({ u: user, p: password, q: "fxmonitor", c, s: "n" })).trim();
    if (!isSession(answer)) {
      const said = this.#options.secrets.hide(answer.slice(0, 80));
      throw new FeedFault("auth", `TrueFX does not accept user and password (TRUEFX_USER, TRUEFX_PASSWORD): ${said}`);
    }
    this.#session = { id: answer, madeUs: this.#link.receiveTimeUs };
    this.#isFirstAnswer = true;
  }

  async #ask(query: Readonly<Record<string, string>>): Promise<string> {
    const url = new URL(this.#options.url);
    for (const [name, value] of Object.entries({ ...query, f: "csv" })) url.searchParams.set(name, value);
    const { status, text, retryAfter } = await this.#link.text(url.href);
    if (status === 200) return text;
    throw httpFault(status, { what: "TrueFX", retryAfter, nowMs: this.#link.receiveTimeUs / US_PER_MS });
  }

  /** @throws {FeedFault} where too much of it cannot be used. */
  #take(text: string, { isWhole }: { isWhole: boolean }): void {
    const link = this.#link;
    const { secrets } = this.#options;
    const rows = readRates(text);
    const rates = rows.flatMap(({ rate }) => rate === undefined ? [] : [rate]);
    for (const { line, rate } of rows) {
      if (rate === undefined) link.refuse("line-malformed", () => secrets.hide(line.slice(0, 80)));
    }
    if (rows.length > 0 && rates.length === 0) {
      if (++this.#unusable >= UNUSABLE_MAX) {
        throw new FeedFault("protocol", `${UNUSABLE_MAX} answers of TrueFX in a row cannot be read`);
      }
      // A session that ran out may be answered in another format.
      this.#session = undefined;
      return;
    }
    this.#unusable = 0;
    if (this.#session !== undefined && rates.some(({ symbol }) => !this.#followed.has(symbol))) {
      return this.#loseSession();
    }
    if (rates.length > 0) {
      link.live();
      this.#lostSessions = 0;
    }
    for (const rate of rates) this.#takeRate(rate);
    if (isWhole && rates.length > 0) {
      this.#isFirstAnswer = false;
      this.#giveUpMissing(rates);
    }
  }

  #loseSession(): void {
    this.#session = undefined;
    this.#link.log("info", "the session has run out; making another");
    if (++this.#lostSessions < LOST_SESSIONS_MAX) return;
    throw new FeedFault("protocol", `TrueFX took ${LOST_SESSIONS_MAX} sessions in a row for none`);
  }

  #takeRate(rate: Rate): void {
    const link = this.#link;
    const pair = this.#followed.get(rate.symbol);
    // Without a session there are always others beside those that are asked for.
    if (pair === undefined) return;
    const newest = this.#newest.get(pair);
    if (newest !== undefined && newest.timeUs === rate.timeUs && newest.bid === rate.bid && newest.ask === rate.ask) {
      return;
    }
    const isFirst = newest === undefined;
    if (isFirst) link.pair(pair, "live");
    const toldUs = this.#times.tell(pair, rate.timeUs, link.sourceTimeUs(pair));
    if (toldUs === undefined) return link.duplicate();
    this.#newest.set(pair, rate);
    const event = this.#event;
    event.eventTimeUs = toldUs;
    event.flags = EventFlag.conflated | EventFlag.lastOfBatch | (isFirst ? EventFlag.snapshot : 0);
    event.price = rate.bid;
    event.price2 = rate.ask;
    link.emit(pair, event);
  }

  /** A whole answer that lacks a pair says that it is not served. @throws {FeedFault} where that is all of them. */
  #giveUpMissing(rates: readonly Rate[]): void {
    const served = new Set(rates.map(({ symbol }) => symbol));
    const reason = this.#options.login === undefined
      ? "it is not among the free pairs; TRUEFX_USER and TRUEFX_PASSWORD give more"
      : "TrueFX does not serve it";
    let missing = 0;
    for (const [symbol, pair] of this.#followed) {
      if (served.has(symbol) || this.#newest.has(pair)) continue;
      missing++;
      this.#link.pair(pair, "refused", reason);
    }
    if (missing === this.#followed.size) {
      throw new FeedFault("refused", `TrueFX serves no pair that is asked for: ${reason}`);
    }
  }
}
