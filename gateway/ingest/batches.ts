/**
 * Lines of events into requests to the feed nodes: those of a pair together and in order, so many at a time.
 *
 * One request of a pair is on its way at a time, because two nodes may serve them; requests of several pairs do not wait for each
 * other. Whoever reads the body waits when there are too many, and with it whoever sends it.
 *
 * @module
 */
import {
  emptyIngestReply,
  INGEST_REFUSED_MAX,
  IngestError,
  type IngestReply,
  type Pair,
  parsePair,
} from "../../actors/contract/mod.ts";
import type { IngestLine } from "./body_lines.ts";

/** Characters and events of one request, well within what a feed node takes. */
const BATCH_CHARS_MAX = 200_000;
const BATCH_EVENTS_MAX = 2_000;
/** Requests on their way. Overflow: the body waits. */
const IN_FLIGHT_MAX = 8;
/** Pairs that gather events at a time: all there are have room. Overflow: everything gathered is sent first. */
const PAIRS_MAX = 256;
/** Tries of a request while the feed nodes are busy, and the pause between them. */
const BUSY_TRIES_MAX = 20;
const BUSY_PAUSE_MS = 250;

export type SendIngest = (pair: Pair, payload: string) => Promise<IngestReply>;

export interface IngestBatchesOptions {
  send: SendIngest;
  sleep(ms: number): Promise<void>;
  /** Of events that name none. */
  pair?: Pair;
  source?: string;
}

interface Batch {
  texts: string[];
  lines: number[];
  chars: number;
}

export class IngestBatches {
  readonly reply: IngestReply = emptyIngestReply();
  readonly #options: IngestBatchesOptions;
  readonly #gathering = new Map<Pair, Batch>();
  readonly #sending = new Map<Pair, Promise<void>>();
  readonly #inFlight = new Set<Promise<void>>();
  #failure: unknown;

  constructor(options: IngestBatchesOptions) {
    this.#options = options;
  }

  /** Take a line; resolves when there is room for the next. @throws {IngestError} where the feed nodes do not take what was sent. */
  async add({ line, text }: IngestLine): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (text === undefined) return this.#refuse(line, "line-too-long", "the line is longer than any event");
    const { pair, payload, fault } = this.#read(text);
    if (pair === undefined) return this.#refuse(line, fault!.code, fault!.message);
    let batch = this.#gathering.get(pair);
    if (batch === undefined) {
      if (this.#gathering.size >= PAIRS_MAX) await this.#sendAll();
      this.#gathering.set(pair, batch = { texts: [], lines: [], chars: 0 });
    }
    batch.texts.push(payload!);
    batch.lines.push(line);
    batch.chars += payload!.length;
    if (batch.chars >= BATCH_CHARS_MAX || batch.texts.length >= BATCH_EVENTS_MAX) await this.#sendBatch(pair);
  }

  /** Resolves when everything was answered. @throws {IngestError} */
  async finish(): Promise<IngestReply> {
    await this.#sendAll();
    await Promise.all(this.#inFlight);
    if (this.#failure !== undefined) throw this.#failure;
    this.reply.refused.sort((a, b) => a.line - b.line);
    return this.reply;
  }

  /** Where a line is to go. What else is wrong with it is for the feed node to say. */
  #read(text: string): { pair?: Pair; payload?: string; fault?: { code: string; message: string } } {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      return { fault: { code: "line-malformed", message: `not JSON: ${(error as Error).message}` } };
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return { fault: { code: "line-malformed", message: "expected an object" } };
    }
    const { pair: name, source } = value as { pair?: unknown; source?: unknown };
    const pair = typeof name === "string" ? parsePair(name) : name === undefined ? this.#options.pair : undefined;
    if (pair === undefined) {
      const message = name === undefined ? "no pair is named" : `pair ${JSON.stringify(name)} is not in the table`;
      return { fault: { code: "pair-unknown", message: message.slice(0, 300) } };
    }
    const isWhole = source !== undefined || this.#options.source === undefined;
    return { pair, payload: isWhole ? text.trim() : JSON.stringify({ ...value, source: this.#options.source }) };
  }

  async #sendAll(): Promise<void> {
    for (const pair of [...this.#gathering.keys()]) await this.#sendBatch(pair);
  }

  async #sendBatch(pair: Pair): Promise<void> {
    const batch = this.#gathering.get(pair)!;
    this.#gathering.delete(pair);
    while (this.#inFlight.size >= IN_FLIGHT_MAX) await Promise.race(this.#inFlight);
    const before = this.#sending.get(pair);
    const sending = (async () => {
      await before;
      if (this.#failure === undefined) this.#addUp(await this.#send(pair, batch), batch.lines);
    })().catch((error) => this.#failure ??= error).finally(() => {
      this.#inFlight.delete(sending);
      if (this.#sending.get(pair) === sending) this.#sending.delete(pair);
    });
    this.#inFlight.add(sending);
    this.#sending.set(pair, sending);
    if (before !== undefined) await before;
  }

  async #send(pair: Pair, { texts }: Batch): Promise<IngestReply> {
    for (let tries = 1;; tries++) {
      try {
        return await this.#options.send(pair, texts.join("\n"));
      } catch (error) {
        if (!(error instanceof IngestError) || error.code !== "busy" || tries >= BUSY_TRIES_MAX) throw error;
        await this.#options.sleep(BUSY_PAUSE_MS);
      }
    }
  }

  #addUp(more: IngestReply, lines: readonly number[]): void {
    const { reply } = this;
    reply.accepted += more.accepted;
    reply.duplicates += more.duplicates;
    reply.gaps += more.gaps;
    reply.refusedCount += more.refusedCount;
    for (const refused of more.refused) this.#name({ ...refused, line: lines[refused.line - 1] ?? refused.line });
  }

  #refuse(line: number, code: string, message: string): void {
    this.reply.refusedCount++;
    this.#name({ line, code, message });
  }

  #name(refused: IngestReply["refused"][number]): void {
    if (this.reply.refused.length < INGEST_REFUSED_MAX) this.reply.refused.push(refused);
  }
}
