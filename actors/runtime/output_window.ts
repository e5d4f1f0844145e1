/**
 * Publishes the outputs of one actor: each once, in order, without holes, whoever else believes that the actor is its own.
 *
 * The outputs of a subject form a chain: one is stored only as the successor of the one before it, and the store checks that. A
 * writer that was asleep finds that its subject has gone on without it and can add nothing; an actor that folds its log again finds
 * by the newest id how far the chain has come and leaves out what is there. No memory for ids is needed, so an outage may last
 * for as long as it likes. One output of a subject is under way at a time; of different subjects, many are.
 *
 * @module
 */
import { isEarlier, outputId, type OutputPosition, outputPosition } from "./output_id.ts";
import { type Clock, type LogLine, NotNewestError, type Outlet } from "./ports.ts";

/** Outputs of one actor that may wait for their acknowledgement. Overflow: the actor folds no further. */
export const OUTPUTS_UNSTORED_MAX = 256;
/** First pause after a failure; doubled each time up to the longest. Tried for ever: the log keeps what is not folded yet. */
const RETRY_MS_MIN = 50;
const RETRY_MS_MAX = 2_000;

/** Outputs that were stored are there no more: the store has been put back to an earlier state. */
export class OutputsLostError extends Error {
  override readonly name = "OutputsLostError";
}

export interface PendingOutput {
  readonly subject: string;
  readonly payload: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sequence of the entry it comes from, and its place among the outputs of that entry. */
  readonly sequence: number;
  readonly index: number;
}

interface Chain {
  readonly subject: string;
  readonly waiting: PendingOutput[];
  /** Newest message of the subject: 0 where there is none, `undefined` where that has to be looked up. */
  head: number | undefined;
  /** What of this actor is stored up to now. */
  stored: OutputPosition | undefined;
  /** The newest output taken, or known from a snapshot. */
  last: OutputPosition | undefined;
  takenCount: number;
  doneCount: number;
  busy: boolean;
}

export interface OutputWindowOptions {
  /** First part of every id: which actor, on which log. */
  origin: string;
  outlet: Outlet;
  clock: Clock;
  logLine: LogLine;
  /** Told when somebody else writes on the same subject. */
  onContended(): void;
}

export interface OutputStats {
  storedCount: number;
  /** Outputs left out because they were there already. */
  repeatedCount: number;
  /** How often another writer was met. */
  contendedCount: number;
}

export class OutputWindow {
  readonly stats: OutputStats = { storedCount: 0, repeatedCount: 0, contendedCount: 0 };
  readonly #options: OutputWindowOptions;
  readonly #chains = new Map<string, Chain>();
  readonly #stop = new AbortController();
  readonly #waiters: (() => void)[] = [];
  #unstoredCount = 0;
  #fault: Error | undefined;

  constructor(options: OutputWindowOptions) {
    this.#options = options;
  }

  get unstoredCount(): number {
    return this.#unstoredCount;
  }

  get full(): boolean {
    return this.#unstoredCount >= OUTPUTS_UNSTORED_MAX;
  }

  /** Ids of the newest outputs taken so far, by subject; {@linkcode settled} says when they are stored. */
  get newestIds(): Record<string, string> {
    const ids: Record<string, string> = {};
    for (const { subject, last } of this.#chains.values()) {
      if (last !== undefined) ids[subject] = outputId(this.#options.origin, last);
    }
    return ids;
  }

  /** Know of a subject, from a snapshot, that it has come so far. */
  expect(subject: string, messageId: string): void {
    const chain = this.#chainOf(subject);
    chain.stored = chain.last = outputPosition(this.#options.origin, messageId);
  }

  /** Take one output. To be called only while the window is not {@linkcode full}. Throws what it was stopped for. */
  send(output: PendingOutput): void {
    this.#throwFault();
    const chain = this.#chainOf(output.subject);
    chain.waiting.push(output);
    chain.last = { sequence: output.sequence, index: output.index };
    chain.takenCount++;
    this.#unstoredCount++;
    if (!chain.busy) void this.#run(chain);
  }

  /** Resolves when there is room for one more. */
  async room(): Promise<void> {
    while (this.full) await this.#change();
    this.#throwFault();
  }

  /** Resolves when everything taken up to this moment is stored, whatever is taken meanwhile. */
  async settled(): Promise<void> {
    const wanted = [...this.#chains.values()].map((chain) => ({ chain, count: chain.takenCount }));
    while (wanted.some(({ chain, count }) => chain.doneCount < count)) await this.#change();
    this.#throwFault();
  }

  /** Send nothing any more; whoever waits is told why. */
  stop(reason: Error): void {
    this.#fault ??= reason;
    this.#stop.abort();
    this.#wake();
  }

  async #run(chain: Chain): Promise<void> {
    chain.busy = true;
    const { outlet, clock, logLine, onContended } = this.#options;
    const { signal } = this.#stop;
    let pauseMs = RETRY_MS_MIN;
    while (chain.waiting.length > 0 && !signal.aborted) {
      const output = chain.waiting[0]!;
      try {
        if (chain.head === undefined) await this.#look(chain);
        if (isStored(output, chain.stored)) this.stats.repeatedCount++;
        else {
          const { subject, payload, headers } = output;
          chain.head = await outlet.store({
            subject,
            payload,
            headers,
            messageId: outputId(this.#options.origin, output),
          }, chain.head!);
          chain.stored = { sequence: output.sequence, index: output.index };
          this.stats.storedCount++;
        }
      } catch (error) {
        if (signal.aborted) break;
        if (error instanceof OutputsLostError) this.stop(error);
        chain.head = undefined;
        if (error instanceof NotNewestError) {
          this.stats.contendedCount++;
          onContended();
        } else if (pauseMs === RETRY_MS_MIN) {
          logLine("warn", `${chain.subject}: not stored, trying again: ${(error as Error).message}`);
        }
        await clock.sleep(pauseMs, signal);
        pauseMs = Math.min(2 * pauseMs, RETRY_MS_MAX);
        continue;
      }
      pauseMs = RETRY_MS_MIN;
      chain.waiting.shift();
      chain.doneCount++;
      this.#unstoredCount--;
      this.#wake();
    }
    chain.busy = false;
  }

  /** Look up how far the chain has come. */
  async #look(chain: Chain): Promise<void> {
    const { origin, outlet } = this.#options;
    const newest = await outlet.newest(chain.subject);
    const position = outputPosition(origin, newest?.messageId);
    // Where nothing is left, age has taken it; where another's message is the newest, ours may lie behind it.
    if (position !== undefined && chain.stored !== undefined && isEarlier(position, chain.stored)) {
      throw new OutputsLostError(
        `${chain.subject} ends at ${newest?.messageId}, but ${outputId(origin, chain.stored)} had been stored`,
      );
    }
    chain.stored = position ?? chain.stored;
    chain.head = newest?.sequence ?? 0;
  }

  #chainOf(subject: string): Chain {
    let chain = this.#chains.get(subject);
    if (chain === undefined) {
      chain = {
        subject,
        waiting: [],
        head: undefined,
        stored: undefined,
        last: undefined,
        takenCount: 0,
        doneCount: 0,
        busy: false,
      };
      this.#chains.set(subject, chain);
    }
    return chain;
  }

  #throwFault(): void {
    if (this.#fault !== undefined) throw this.#fault;
  }

  async #change(): Promise<void> {
    this.#throwFault();
    await new Promise<void>((resolve) => this.#waiters.push(resolve));
    this.#throwFault();
  }

  #wake(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}

function isStored(output: OutputPosition, stored: OutputPosition | undefined): boolean {
  return stored !== undefined && !isEarlier(stored, output);
}
