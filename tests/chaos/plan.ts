/**
 * What goes wrong and when: a schedule that a seed gives, by phases.
 *
 * @module
 */
import { Random } from "../../actors/contract/mod.ts";

/** `calm` for reference; `kills` of processes; `moves` that are planned; `servers` die under all of that. */
export type PhaseName = "calm" | "kills" | "moves" | "servers" | "end";

export type Step =
  /** SIGKILL one of the processes that are up, and start it again. `choice` in [0, 1) picks it. */
  | { type: "kill"; atMs: number; choice: number; downMs: number; threads: number }
  /** SIGTERM one, and start it again. */
  | { type: "cycle"; atMs: number; choice: number; downMs: number; threads: number }
  /** One more process joins, and leaves. */
  | { type: "join"; atMs: number; stayMs: number }
  /** SIGKILL a server, and start it again. */
  | { type: "server"; atMs: number; choice: number; downMs: number };

export interface Phase {
  readonly name: PhaseName;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Plan {
  readonly phases: readonly Phase[];
  /** By time, counted from the start of the first phase. */
  readonly steps: readonly Step[];
}

/** Shares of the whole, and when in its phase each thing happens first and again. */
const SHARES: readonly (readonly [PhaseName, number])[] = [
  ["calm", 0.12],
  ["kills", 0.36],
  ["moves", 0.2],
  ["servers", 0.27],
  ["end", 0.05],
];
const KILL_MS = [3_000, 6_000] as const;
const DOWN_MS = [500, 3_000] as const;
const MOVE_MS = [3_000, 5_000] as const;
const STAY_MS = [4_000, 6_000] as const;
const SERVER_DOWN_MS = [200, 2_500] as const;
/** After a server died it is left alone for so long: what it led must be led again, and nodes must get to do their work. */
const SERVER_MS = { single: [5_000, 8_000], cluster: [13_000, 16_000] } as const;
/** Share of a phase that passes before its first step. */
const FIRST_SHARE = 0.15;

export interface PlanOptions {
  seed: number;
  seconds: number;
  /** Servers of a cluster come back more slowly than one by itself. */
  cluster: boolean;
  /** Phases to leave out; the others share their time. */
  without?: readonly PhaseName[];
}

export function makePlan({ seed, seconds, cluster, without = [] }: PlanOptions): Plan {
  const random = new Random(seed);
  const between = ([from, to]: readonly [number, number]) => from + random.uniform() * (to - from);
  const threads = () => random.uniform() < 0.2 ? 2 : 0;
  const shares = SHARES.filter(([name]) => !without.includes(name));
  const sum = shares.reduce((total, [, share]) => total + share, 0);
  const phases: Phase[] = [];
  const steps: Step[] = [];
  let fromMs = 0;
  for (const [name, share] of shares) {
    const toMs = fromMs + seconds * 1000 * share / sum;
    phases.push({ name, fromMs, toMs });
    /** Times in this phase, the first one soon. */
    const times = (interval: readonly [number, number]) => {
      const list: number[] = [];
      for (let atMs = fromMs + FIRST_SHARE * (toMs - fromMs); atMs < toMs - 500; atMs += between(interval)) {
        list.push(atMs);
      }
      return list;
    };
    const kill = (atMs: number): Step => ({
      type: "kill",
      atMs,
      choice: random.uniform(),
      downMs: between(DOWN_MS),
      threads: threads(),
    });
    if (name === "kills") steps.push(...times(KILL_MS).map(kill));
    if (name === "moves") {
      for (const [i, atMs] of times(MOVE_MS).entries()) {
        if (i % 2 === 0) steps.push({ type: "join", atMs, stayMs: between(STAY_MS) });
        else steps.push({ ...kill(atMs), type: "cycle" } as Step);
      }
    }
    if (name === "servers") {
      for (const atMs of times(cluster ? SERVER_MS.cluster : SERVER_MS.single)) {
        steps.push({ type: "server", atMs, choice: random.uniform(), downMs: between(SERVER_DOWN_MS) });
      }
      steps.push(...times(KILL_MS).slice(1).map(kill));
    }
    fromMs = toMs;
  }
  return { phases, steps: steps.sort((a, b) => a.atMs - b.atMs) };
}
