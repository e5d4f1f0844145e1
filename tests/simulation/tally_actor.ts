/**
 * An actor whose every output tells its whole past, and what it says of a log without any runtime.
 *
 * @module
 */
import type { Actor } from "../../actors/runtime/mod.ts";

export interface Tally {
  count: number;
  hash: number;
}

/**
 * An entry of bytes `[outputs, defect, …]` changes the hash and emits so many outputs, in turn on two subjects. With a second byte of
 * 1 the actor changes its state, emits one output and then throws.
 */
export function tallyActor(name: string): Actor<Tally> {
  return {
    name,
    input: `in.${name}`,
    dead: `dead.${name}`,
    versions: { schema: 1 },
    initial: () => ({ count: 0, hash: 7 }),
    receive(state, { sequence, data }, emit) {
      state.count++;
      for (const byte of data) state.hash = Math.imul(state.hash ^ byte, 0x01000193) >>> 0;
      for (let i = 0; i < data[0]!; i++) {
        if (data[1] === 1 && i === 1) throw new Error("a defect");
        emit(`out.${name}.${(state.count + i) % 2}`, `${sequence}/${i}/${state.count}/${state.hash}`);
      }
    },
    snapshot: (state) => new TextEncoder().encode(JSON.stringify(state)),
    restore: (bytes) => JSON.parse(new TextDecoder().decode(bytes)),
  };
}

export interface LogEntryOf {
  readonly subject: string;
  readonly data: Uint8Array;
}

export interface Reference {
  /** Outputs by subject, in order. */
  readonly outputs: ReadonlyMap<string, { payload: string; sequence: number }[]>;
  /** State behind an entry, by actor and sequence, as bytes. */
  readonly states: ReadonlyMap<string, Map<number, string>>;
}

/** What one uninterrupted fold says, without any of the runtime: entries that throw change nothing and are set aside. */
export function fold(actors: readonly Actor<unknown>[], log: readonly LogEntryOf[]): Reference {
  const outputs = new Map<string, { payload: string; sequence: number }[]>();
  const states = new Map<string, Map<number, string>>();
  const add = (subject: string, payload: string, sequence: number) => {
    outputs.set(subject, [...outputs.get(subject) ?? [], { payload, sequence }]);
  };
  for (const actor of actors) {
    let bytes = actor.snapshot(actor.initial());
    const byEntry = new Map<number, string>();
    log.forEach(({ subject, data }, i) => {
      if (subject !== actor.input) return;
      const sequence = i + 1;
      const state = actor.restore(bytes, actor.versions);
      const emitted: [string, string][] = [];
      try {
        actor.receive(state, { sequence, data }, (on, payload) => void emitted.push([on, payload]));
        bytes = actor.snapshot(state);
        for (const [on, payload] of emitted) add(on, payload, sequence);
      } catch {
        add(actor.dead, `dead ${data.join(",")}`, sequence);
      }
      byEntry.set(sequence, new TextDecoder().decode(bytes));
    });
    states.set(actor.name, byEntry);
  }
  return { outputs, states };
}
