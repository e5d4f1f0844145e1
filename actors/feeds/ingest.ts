/**
 * Anyone's JSON into frames: each event validated and normalised, stored before it is answered for.
 *
 * A request is one object, an array, or lines of objects. A bad event is refused by itself, with its line and the reason; the others
 * are stored. The answer comes when the log has acknowledged every frame of the request, so what is said to be accepted is not lost.
 * Events that carry a source and a sequence are stored once, however often they are sent: this process knows the newest sequence of
 * each source, and the log knows the frame of a request that is repeated as it was, at whichever node.
 *
 * @module
 */
import {
  emptyIngestReply,
  eventFromJson,
  type FrameHead,
  INGEST_BYTES_MAX,
  INGEST_EVENTS_MAX,
  INGEST_REFUSED_MAX,
  IngestError,
  type IngestReply,
  type MarketEvent,
  type Pair,
  type ParsedEvent,
  parseEventJson,
  type RejectCode,
  sourceId,
} from "../contract/mod.ts";
import { LIVE_TIME_BACK_US_MAX } from "./live/mod.ts";
import { type RequestFrame, RequestFrames } from "./_request_frames.ts";
import { type MarkCounts, Normaliser, type RejectCounts } from "./normaliser.ts";
import { SourceSequences } from "./source_sequences.ts";

/** Sources whose clocks are remembered. Overflow: the one that was heard longest ago begins anew. */
const SOURCES_MAX = 1_000;
/** Characters of a refusal's message. Overflow: cut off. */
const MESSAGE_CHARS_MAX = 300;
/** Source of events that do not name one. */
const NO_SOURCE = "";

/** Stores frames of a pair. */
export interface FrameStore {
  /** Resolves when the frame is stored, and says whether it was there already. */
  store(pair: Pair, frame: Uint8Array, messageId: string): Promise<{ isDuplicate: boolean }>;
}

export interface IngestOptions {
  store: FrameStore;
  nowUs: () => number;
  /** Names this process among all that ever take events. */
  instance: string;
  /** Sees each event that is accepted. */
  onEvent?: (pair: Pair, event: MarketEvent) => void;
}

export class Ingest {
  /** What was refused and marked, of all sources. */
  readonly rejected: RejectCounts = { total: 0, byCode: {} };
  readonly marked: MarkCounts = { crossed: 0, locked: 0, badTick: 0 };
  frameCount = 0;
  readonly #options: IngestOptions;
  readonly #sequences = new SourceSequences();
  readonly #normalisers = new Map<string, Normaliser>();
  #frameSequence = 0;

  constructor(options: IngestOptions) {
    this.#options = options;
  }

  /**
   * Take a request. Its events that name no pair are of `pair`; with it those that name another are refused.
   *
   * @throws {IngestError} where the request cannot be read as a whole, or not be stored.
   */
  async take(bytes: Uint8Array, pair?: Pair): Promise<IngestReply> {
    const reply = emptyIngestReply();
    const request = new RequestFrames();
    const receiveTimeUs = this.#options.nowUs();
    for (const { line, parsed } of parsedLines(bytes, pair)) {
      if (!parsed.ok) this.#refuse(reply, parsed.code, line, parsed.message);
      else if (pair !== undefined && parsed.pair !== pair) {
        this.#refuse(reply, "pair-other", line, `an event of ${parsed.pair} where those of ${pair} are taken`);
      } else this.#takeEvent(parsed, { line, reply, request, receiveTimeUs });
    }
    try {
      await Promise.all(
        request.finish((source) => this.#head(source, receiveTimeUs)).map(async (frame) => {
          await this.#options.store.store(frame.pair, frame.bytes, this.#messageId(frame));
          this.frameCount++;
        }),
      );
    } catch (error) {
      // It may come again, and must not count as sent already.
      for (const [key, newest] of request.newestBefore) this.#sequences.rewind(key, newest);
      throw new IngestError("failed", `not stored: ${(error as Error).message}`, { cause: error });
    }
    return reply;
  }

  #takeEvent(
    { pair, event, source = NO_SOURCE, sequence }: Extract<ParsedEvent, { ok: true }>,
    { line, reply, request, receiveTimeUs }: {
      line: number;
      reply: IngestReply;
      request: RequestFrames;
      receiveTimeUs: number;
    },
  ): void {
    const key = `${source} ${pair}`;
    const newest = this.#sequences.newest(key);
    if (sequence !== undefined && newest !== undefined && sequence <= newest) {
      reply.duplicates++;
      return;
    }
    const normaliser = this.#normaliserOf(source);
    normaliser.receiveTimeUs = receiveTimeUs;
    const code = normaliser.judge(pair, event, line);
    if (code !== undefined) return tell(reply, code, line, `refused: ${code}`);
    if (sequence !== undefined) {
      if (!request.newestBefore.has(key)) request.newestBefore.set(key, newest);
      if (this.#sequences.accept(key, sequence) === "gap") reply.gaps++;
    }
    request.add({ pair, source, event, sequence });
    reply.accepted++;
    this.#options.onEvent?.(pair, event);
  }

  #refuse(reply: IngestReply, code: RejectCode, line: number, message: string): void {
    this.#normaliserOf(NO_SOURCE).refuse(code, line, () => message);
    tell(reply, code, line, message);
  }

  #head(source: string, receiveTimeUs: number): FrameHead {
    return {
      sourceId: sourceId(`ingest:${source || this.#options.instance}`),
      sourceSequence: ++this.#frameSequence,
      receiveTimeUs,
    };
  }

  /** The same for the same events of a source that numbers them; otherwise of this frame alone. */
  #messageId({ pair, source, firstSequence, lastSequence, sourceSequence }: RequestFrame): string {
    return firstSequence === undefined
      ? `ingest:${this.#options.instance}:${sourceSequence}`
      : `ingest:${source}:${pair}:${firstSequence}-${lastSequence}`;
  }

  #normaliserOf(source: string): Normaliser {
    let normaliser = this.#normalisers.get(source);
    if (normaliser === undefined) {
      const { rejected, marked } = this;
      normaliser = new Normaliser({ timeBackUsMax: LIVE_TIME_BACK_US_MAX, rejected, marked });
      if (this.#normalisers.size >= SOURCES_MAX) this.#normalisers.delete(this.#normalisers.keys().next().value!);
    } else if (source !== NO_SOURCE) this.#normalisers.delete(source);
    this.#normalisers.set(source, normaliser);
    return normaliser;
  }
}

function tell(reply: IngestReply, code: string, line: number, message: string): void {
  reply.refusedCount++;
  if (reply.refused.length >= INGEST_REFUSED_MAX) return;
  reply.refused.push({ line, code, message: message.slice(0, MESSAGE_CHARS_MAX) });
}

/**
 * Each event of a request, read as far as it can be.
 *
 * @throws {IngestError}
 */
function* parsedLines(bytes: Uint8Array, pair: Pair | undefined): Generator<{ line: number; parsed: ParsedEvent }> {
  if (bytes.length > INGEST_BYTES_MAX) {
    throw new IngestError("too-large", `${bytes.length} bytes, at most ${INGEST_BYTES_MAX} in one request`);
  }
  const text = textOf(bytes);
  const first = text.trimStart()[0];
  if (first === undefined) throw new IngestError("malformed", "nothing in it; expected events as JSON");
  const whole = first === "[" || isOneObject(text) ? jsonOf(text) : undefined;
  if (whole !== undefined) {
    const values = Array.isArray(whole) ? whole : [whole];
    checkCount(values.length);
    for (const [index, value] of values.entries()) yield { line: index + 1, parsed: eventFromJson(value, { pair }) };
    return;
  }
  const lines = text.split("\n");
  checkCount(lines.length - 1);
  for (const [index, line] of lines.entries()) {
    if (line.trim() !== "") yield { line: index + 1, parsed: parseEventJson(line, { pair }) };
  }
}

/** Whether the text is one object over several lines: its first line is none by itself. */
function isOneObject(text: string): boolean {
  const [first] = text.trimStart().split("\n", 1);
  return first!.trimEnd() === "{";
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new IngestError("malformed", "not UTF-8", { cause: error });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new IngestError("malformed", `not JSON: ${(error as Error).message}`, { cause: error });
  }
}

function checkCount(count: number): void {
  if (count <= INGEST_EVENTS_MAX) return;
  throw new IngestError("too-large", `${count} events, at most ${INGEST_EVENTS_MAX} in one request`);
}
