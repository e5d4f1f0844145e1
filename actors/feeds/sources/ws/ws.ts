/**
 * Any WebSocket that sends JSON, by a mapping file.
 *
 * A message goes through every rule that it fits; what it says of a pair is one batch. Numbers that the source gives its messages must
 * rise by one: what comes again is dropped, what is missing is told.
 *
 * @module
 */
import { emptyEvent, EventFlag, EventKind, FeedFault, type MarketEvent, type Pair } from "../../../contract/mod.ts";
import { type FeedLink, type LiveSource, Secrets } from "../../live/mod.ts";
import type { ResolvedMapping, WsRule } from "./mapping.ts";
import { keysOf, NEVER_FOUND_MAX, RuleReader, type RuleReport } from "./rule_reader.ts";

export function wsSource(mapping: ResolvedMapping): LiveSource {
  const secrets = new Secrets(...mapping.secrets);
  const complaints = new Set<string>();
  return {
    name: "ws",
    gives: [...new Set(mapping.messages.map(({ kind }) => GIVES[kind]))],
    conflated: false,
    symbols: new Map([...mapping.symbols].map(([symbol, pair]) => [pair, symbol])),
    silenceMsMax: mapping.silenceMs,
    run(link) {
      const session = new WsSession(link, { mapping, secrets, complaints });
      const { heartbeat } = mapping;
      return secrets.guard(() =>
        link.socket(mapping.url, {
          headers: mapping.headers,
          shownUrl: mapping.shownUrl,
          onOpen: (send) => mapping.subscribe.forEach(send),
          onText: (text) => session.take(text),
          every: heartbeat && { ms: heartbeat.everyMs, call: (send) => send(heartbeat.text) },
        })
      );
    },
  };
}

const GIVES = { quote: "quotes", trade: "trades", level: "levels" } as const;

/** An event of the message under way. */
interface Pending {
  pair: Pair;
  readonly event: MarketEvent;
}

interface WsSessionOptions {
  mapping: ResolvedMapping;
  secrets: Secrets;
  /** What was told of the mapping, on this connection or one before: once is enough. */
  complaints: Set<string>;
}

class WsSession {
  readonly #link: FeedLink;
  readonly #mapping: ResolvedMapping;
  readonly #secrets: Secrets;
  readonly #complaints: Set<string>;
  readonly #readers: readonly RuleReader[];
  readonly #pending: Pending[] = [];
  #pendingCount = 0;
  #messageCount = 0;
  #hasFitted = false;
  #hasTold = false;
  /** The smallest time that an event of a pair may carry on this connection; the pairs that are live. */
  readonly #floorsUs = new Map<Pair, number>();
  /** Pairs whose levels or quotes were told on this connection. */
  readonly #pictured = { level: new Set<Pair>(), quote: new Set<Pair>() };
  readonly #sequences = new Map<string, { sequence: number; messageCount: number }>();
  readonly #clearedIn = new Map<Pair, number>();

  constructor(link: FeedLink, { mapping, secrets, complaints }: WsSessionOptions) {
    this.#link = link;
    this.#mapping = mapping;
    this.#secrets = secrets;
    this.#complaints = complaints;
    const report: RuleReport = {
      refuse: (code, describe) => link.refuse(code, () => secrets.hide(describe())),
      neverFound: ({ rule, path, keys }) =>
        this.#complain(
          `none of ${NEVER_FOUND_MAX} messages that fit messages.${
            mapping.messages.indexOf(rule)
          } has ${path}; they have: ${keys}`,
        ),
    };
    this.#readers = mapping.messages.map((rule) => new RuleReader(rule, report));
  }

  /** @throws {SyntaxError} where the text is no JSON. @throws {FeedFault} where the mapping cannot be meant for this source. */
  take(text: string): void {
    const json: unknown = JSON.parse(text);
    const isList = Array.isArray(json) && typeof json[0] === "object" && json[0] !== null && !Array.isArray(json[0]);
    for (const message of isList ? json : [json]) this.#takeMessage(message);
  }

  #takeMessage(message: unknown): void {
    this.#messageCount++;
    this.#pendingCount = 0;
    for (const reader of this.#readers) {
      if (!reader.fits(message)) continue;
      this.#hasFitted = true;
      reader.read(message, (symbol, event, about) => this.#takeEvent(symbol, event, about));
    }
    if (!this.#hasFitted && this.#messageCount === NEVER_FOUND_MAX) {
      this.#complain(`none of ${NEVER_FOUND_MAX} messages fits any "when"; the last has: ${keysOf(message)}`);
    }
    this.#tell();
  }

  #takeEvent(
    symbol: string,
    event: MarketEvent,
    { timeUs, sequence, rule }: { timeUs: number | undefined; sequence: number | undefined; rule: WsRule },
  ): void {
    const link = this.#link;
    const pair = this.#mapping.symbols.get(symbol);
    if (pair === undefined) {
      return link.refuse("pair-unknown", () => this.#secrets.hide(`${symbol} is not in the mapping`));
    }
    if (!this.#floorsUs.has(pair)) {
      link.live();
      link.pair(pair, "live");
      this.#floorsUs.set(pair, link.sourceTimeUs(pair));
    }
    if (sequence !== undefined && !this.#isNext(pair, { kind: rule.kind, sequence })) return link.duplicate();
    // A time that is cut to its second, or old from the start, may lie before the word that the pair is connected.
    event.eventTimeUs = Math.max(timeUs ?? link.sourceTimeUs(pair), this.#floorsUs.get(pair)!);
    if (rule.kind === "level") this.#picture(pair, event, { isWhole: rule.snapshot });
    if (rule.kind === "quote" && !this.#pictured.quote.has(pair)) {
      this.#pictured.quote.add(pair);
      event.flags |= EventFlag.snapshot;
    }
    this.#keep(pair, event);
  }

  /** Before the first levels of a connection, and before each full picture, what was there is gone. */
  #picture(pair: Pair, event: MarketEvent, { isWhole }: { isWhole: boolean }): void {
    const isFirst = !this.#pictured.level.has(pair);
    this.#pictured.level.add(pair);
    if (isWhole) event.flags |= EventFlag.snapshot;
    if (!isFirst && !(isWhole && this.#clearedIn.get(pair) !== this.#messageCount)) return;
    this.#clearedIn.set(pair, this.#messageCount);
    const clear = emptyEvent();
    clear.kind = EventKind.clear;
    clear.flags = EventFlag.snapshot;
    clear.eventTimeUs = event.eventTimeUs;
    this.#keep(pair, clear);
  }

  /** Whether this is new; tells what is missing. Several events of one message have the same number. */
  #isNext(pair: Pair, { kind, sequence }: { kind: WsRule["kind"]; sequence: number }): boolean {
    const key = `${pair} ${kind}`;
    const last = this.#sequences.get(key);
    if (last === undefined) {
      this.#sequences.set(key, { sequence, messageCount: this.#messageCount });
      return true;
    }
    if (sequence < last.sequence) return false;
    if (sequence === last.sequence) return last.messageCount === this.#messageCount;
    if (sequence > last.sequence + 1) this.#link.gap(pair, "gap");
    last.sequence = sequence;
    last.messageCount = this.#messageCount;
    return true;
  }

  #keep(pair: Pair, event: MarketEvent): void {
    this.#hasTold = true;
    const at = this.#pendingCount++;
    const pending = this.#pending[at] ??= { pair, event: emptyEvent() };
    pending.pair = pair;
    Object.assign(pending.event, event);
  }

  #tell(): void {
    const last = new Map<Pair, MarketEvent>();
    for (let i = 0; i < this.#pendingCount; i++) last.set(this.#pending[i]!.pair, this.#pending[i]!.event);
    for (const event of last.values()) event.flags |= EventFlag.lastOfBatch;
    for (let i = 0; i < this.#pendingCount; i++) this.#link.emit(this.#pending[i]!.pair, this.#pending[i]!.event);
  }

  /**
   * The mapping does not fit what the source sends. Where nothing came of it the connection is of no use.
   *
   * @throws {FeedFault} then.
   */
  #complain(text: string): void {
    const told = this.#secrets.hide(`FEED_WS_MAP: ${text}`);
    if (!this.#complaints.has(told)) this.#link.log("warn", told);
    this.#complaints.add(told);
    if (!this.#hasTold) throw new FeedFault("protocol", told);
    for (const pair of this.#mapping.symbols.values()) {
      this.#link.pair(pair, this.#floorsUs.has(pair) ? "live" : "waiting", told);
    }
  }
}
