/**
 * The lease on a task: one record in a register, every change a compare-and-set on its revision.
 *
 * Whoever takes a lease writes it, so the revision that the former owner knows is stale from that moment on and nothing it writes
 * is taken: that is the fence, and no clock has a part in it. A lease does not run out by itself; it may be taken once its owner's
 * node is gone (`membership.ts`). What the task must find again stands in the same record, and is fenced with it.
 *
 * @module
 */
import { type LeaseCause, LeaseRecord } from "../contract/mod.ts";
import { type Register, RevisionError } from "./ports.ts";

/** Tries to write against revisions that one's own lost answers have made stale. */
const WRITE_TRIES_MAX = 5;

/** Somebody else runs the task now. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";
}

export interface LeaseHolder {
  readonly group: string;
  readonly node: string;
  readonly session: string;
}

export class Lease {
  readonly #register: Register;
  readonly #lost = new AbortController();
  /** Which of its owners this is. */
  readonly term: number;
  readonly #session: string;
  #record: LeaseRecord;
  #revision: number;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(readonly task: string, register: Register, record: LeaseRecord, revision: number) {
    this.#register = register;
    this.#record = record;
    this.#revision = revision;
    this.term = record.term;
    this.#session = record.owner!.session;
  }

  /**
   * Take a lease that nobody holds any more.
   *
   * @param current the record as it stands, `undefined` where there is none
   * @throws {RevisionError} where it has changed meanwhile
   */
  static async take(
    task: string,
    options: {
      register: Register;
      holder: LeaseHolder;
      current: { record: LeaseRecord | undefined; revision: number } | undefined;
      nowMs: number;
    },
  ): Promise<Lease> {
    const { register, holder: { group, node, session }, current, nowMs } = options;
    const before = current?.record;
    const cause: LeaseCause = before === undefined ? "start" : before.owner === null ? "handover" : "failover";
    const record: LeaseRecord = {
      v: 1,
      owner: { group, node, session },
      term: (before?.term ?? 0) + 1,
      sinceMs: nowMs,
      cause,
      from: before?.owner?.node ?? before?.from ?? null,
      failoverCount: (before?.failoverCount ?? 0) + Number(cause === "failover"),
      handoverCount: (before?.handoverCount ?? 0) + Number(cause === "handover"),
      data: before?.data ?? null,
    };
    const revision = await register.put(task, JSON.stringify(record), current?.revision ?? 0);
    return new Lease(task, register, record, revision);
  }

  /** Aborts when somebody else has the lease. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  get data(): unknown {
    return this.#record.data;
  }

  /** The record as this holding last wrote it. */
  get record(): LeaseRecord {
    return this.#record;
  }

  get revision(): number {
    return this.#revision;
  }

  /** Unique among all who ever held it. */
  get token(): string {
    return `${this.term}-${this.#session}`;
  }

  /** Whether a record is of this holding of the lease. */
  isOwn(record: LeaseRecord): boolean {
    return record.term === this.term && record.owner?.session === this.#session;
  }

  /** Learn from a watch what the record is now. What does not fit is looked at: it may be old, or of a register made anew. */
  observe(record: LeaseRecord | undefined): void {
    if (record !== undefined && this.isOwn(record)) return;
    if (record !== undefined && record.term >= this.term) this.#lose();
    else void this.verify().catch(() => {});
  }

  /** Replace what the task keeps in the lease. @throws {LeaseLostError} */
  write(data: unknown): Promise<void> {
    return this.#put((record) => ({ ...record, data }));
  }

  /** Make sure, by writing it, that it is still held. @throws {LeaseLostError} */
  verify(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#record.owner === null) this.#throwLost(); // given away
      await this.#tryPut(this.#record);
    });
  }

  /** Give it away: nobody owns the task any more. @throws {LeaseLostError} */
  async release(): Promise<void> {
    await this.#put((record) => ({ ...record, owner: null, from: record.owner?.node ?? record.from }));
  }

  /** Whether a value is the lease of another holding. What is no record at all is nobody's, and written over. */
  #isOthers(value: string): boolean {
    const record = parseLease(value);
    return record !== undefined && !this.isOwn(record);
  }

  #put(change: (record: LeaseRecord) => LeaseRecord): Promise<void> {
    return this.#inTurn(() => this.#tryPut(change(this.#record)));
  }

  async #tryPut(record: LeaseRecord): Promise<void> {
    const value = JSON.stringify(record);
    for (let tries = 0; tries < WRITE_TRIES_MAX; tries++) {
      if (this.#lost.signal.aborted) this.#throwLost();
      try {
        return this.#accept(record, await this.#register.put(this.task, value, this.#revision));
      } catch (error) {
        if (!(error instanceof RevisionError)) throw error;
      }
      // An earlier write of ours may have come through though its answer did not; or the whole register is another one.
      const entry = await this.#register.get(this.task);
      if (entry === undefined) this.#revision = 0;
      else if (entry.value === value) return this.#accept(record, entry.revision);
      else if (this.#isOthers(entry.value)) this.#throwLost();
      else this.#revision = entry.revision;
    }
    throw new RevisionError(`${this.task}: its lease changes faster than it can be written`);
  }

  #accept(record: LeaseRecord, revision: number): void {
    this.#revision = revision;
    this.#record = record;
  }

  /** One write at a time. */
  #inTurn<T>(write: () => Promise<T>): Promise<T> {
    const turn = this.#writing.then(write, write);
    this.#writing = turn.catch(() => {});
    return turn;
  }

  #lose(): void {
    this.#lost.abort();
  }

  #throwLost(): never {
    this.#lose();
    throw new LeaseLostError(`${this.task}: another node has its lease`);
  }
}

/** Read a record; `undefined` where it is none. */
export function parseLease(value: string): LeaseRecord | undefined {
  try {
    return LeaseRecord.parse(JSON.parse(value));
  } catch {
    return undefined;
  }
}
