/**
 * What becomes of an entry that its actor throws on.
 *
 * The throw may have left the state half changed, so it is made anew from the last checkpoint and the log. Then the entry is
 * tried once more; if that fails too, it goes to the actor's `dead` subject with the reason, and the actor goes on behind it. Each
 * further one waits longer, so that a storm of them leaves the node to the others.
 *
 * @module
 */
import type { Actor, ActorVersions, LogEntry } from "./actor.ts";
import type { Clock, Log, LogLine, LogMessage } from "./ports.ts";

/** First pause behind a dead entry; doubled by each up to the longest, and forgotten after so many good ones. */
const PAUSE_MS_MIN = 10;
const PAUSE_MS_MAX = 1_000;
const GOOD_ENTRIES = 1_000;
/** Bytes of an entry that are set aside; of a longer one its beginning. The log has all of it for as long as it keeps it. */
export const DEAD_BYTES_MAX = 512 * 1024;
const REASON_CHARS_MAX = 500;

/** A state to begin from again. */
export interface Checkpoint {
  readonly sequence: number;
  /** As the actor wrote it; `undefined` for its initial state. */
  readonly bytes: Uint8Array | undefined;
  /** Of the actor that wrote it. */
  readonly versions: ActorVersions;
}

export interface EmittedOutput {
  readonly subject: string;
  readonly payload: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Settled {
  readonly state: unknown;
  readonly outputs: readonly EmittedOutput[];
  readonly isDead: boolean;
  readonly checkpoint: Checkpoint;
}

export class DeadLetters {
  readonly #actor: Actor<unknown>;
  readonly #ports: { log: Log; clock: Clock; logLine: LogLine };
  #pauseMs = PAUSE_MS_MIN;
  #goodCount = 0;

  constructor(actor: Actor<unknown>, ports: { log: Log; clock: Clock; logLine: LogLine }) {
    this.#actor = actor;
    this.#ports = ports;
  }

  /** An entry was folded without a throw. */
  folded(): void {
    if (this.#pauseMs > PAUSE_MS_MIN && ++this.#goodCount >= GOOD_ENTRIES) this.#pauseMs = PAUSE_MS_MIN;
  }

  /** Bring the actor behind an entry that it threw on. The signal gives up. */
  async settle(
    message: LogMessage,
    thrown: unknown,
    options: { checkpoint: Checkpoint; logCreatedMs: number; signal: AbortSignal },
  ): Promise<Settled> {
    const { signal } = options;
    const { clock, logLine } = this.#ports;
    const { name, versions } = this.#actor;
    const { sequence } = message;
    logLine("warn", `${name}: cannot fold entry ${sequence}, trying again from a clean state: ${traceOf(thrown)}`);
    const state = await this.#rebuild(sequence, options);
    const clean = this.#actor.snapshot(state);
    try {
      const outputs = fold(this.#actor, state, message);
      return { state, outputs, isDead: false, checkpoint: { sequence: sequence - 1, bytes: clean, versions } };
    } catch (again) {
      logLine("error", `${name}: entry ${sequence} set aside on ${this.#actor.dead}: ${reasonOf(again)}`);
      await clock.sleep(this.#pauseMs, signal);
      this.#pauseMs = Math.min(2 * this.#pauseMs, PAUSE_MS_MAX);
      this.#goodCount = 0;
      return {
        state: this.#actor.restore(clean, versions),
        outputs: [deadLetter(this.#actor, message, again)],
        isDead: true,
        checkpoint: { sequence, bytes: clean, versions },
      };
    }
  }

  /** The state before an entry. No entry in between throws: behind each that did, there is a checkpoint. */
  async #rebuild(
    sequence: number,
    { checkpoint, logCreatedMs, signal }: { checkpoint: Checkpoint; logCreatedMs: number; signal: AbortSignal },
  ): Promise<unknown> {
    const { name, input } = this.#actor;
    const state = checkpoint.bytes === undefined
      ? this.#actor.initial()
      : this.#actor.restore(checkpoint.bytes, checkpoint.versions);
    if (checkpoint.sequence + 1 < sequence) {
      const reading = this.#ports.log.read(checkpoint.sequence + 1, {
        signal,
        subject: input,
        createdMs: logCreatedMs,
      });
      for await (const message of reading) {
        if (message.sequence >= sequence) return state;
        fold(this.#actor, state, message);
      }
      throw new Error(`${name}: given up before entry ${sequence}`);
    }
    return state;
  }
}

/** Fold one entry; answers what it emits. */
export function fold(actor: Actor<unknown>, state: unknown, entry: LogEntry): EmittedOutput[] {
  const outputs: EmittedOutput[] = [];
  actor.receive(state, entry, (subject, payload) => void outputs.push({ subject, payload }));
  return outputs;
}

function deadLetter(actor: Actor<unknown>, { sequence, subject, data }: LogMessage, thrown: unknown): EmittedOutput {
  return {
    subject: actor.dead,
    payload: data.subarray(0, DEAD_BYTES_MAX),
    headers: {
      "Fx-Actor": actor.name,
      "Fx-Sequence": String(sequence),
      // An actor may fold many subjects, and the log may have forgotten the entry when somebody looks at it.
      "Fx-Subject": subject,
      "Fx-Bytes": String(data.length),
      "Fx-Reason": reasonOf(thrown),
    },
  };
}

/** One line that a header may hold. */
function reasonOf(thrown: unknown): string {
  return String(thrown).replace(/[^\x20-\x7e]+/g, " ").slice(0, REASON_CHARS_MAX);
}

function traceOf(thrown: unknown): string {
  return (thrown instanceof Error && thrown.stack) || String(thrown);
}
