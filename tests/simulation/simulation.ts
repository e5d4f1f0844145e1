/**
 * A cluster of nodes with the production runtime, on a simulated server, network, disk and clock, in one thread and in virtual
 * time. One number decides everything that goes wrong; the same number makes the same run.
 *
 * While entries arrive, nodes are killed (also at a chosen call), frozen, cut off, stopped in good order and started again under
 * their names; others join and leave; the server goes away, for a moment or for ten minutes; the buckets are deleted; bytes of snapshots
 * rot. Then all faults cease, and what is stored must be what one uninterrupted fold says.
 *
 * @module
 */
import { LeaseRecord } from "../../actors/contract/mod.ts";
import { type Actor, type HostPorts, unsealSnapshot } from "../../actors/runtime/mod.ts";
import { SimulatedNode, type Weather } from "./node.ts";
import { Scheduler, seeded } from "./scheduler.ts";
import { Server } from "./server.ts";
import { fold, type LogEntryOf, type Reference, tallyActor } from "./tally_actor.ts";

const ACTOR_NAMES = ["a", "b", "c", "d", "e"];
const NODE_NAMES = ["n1", "n2", "n3"];
/** Entries arrive, and things go wrong, for about so long. */
const STORM_MS = 20_000;
/** Time for everything to be stored once the faults have ceased. */
const CALM_MS = 240_000;
/** A node that stood still goes on with what it was doing: time to see that this does no harm. */
const THAWED_MS = 5_000;

export interface SimulationOptions {
  seed: number;
  /** Changes the ports of every node, to plant a bug. */
  plant?: (ports: HostPorts, node: SimulatedNode) => HostPorts;
  /** The first life of the first node ends at this call, and nothing else goes wrong. */
  crashAtCall?: number;
}

export interface SimulationResult {
  /** What was violated, in words; empty where nothing was. */
  violations: string[];
  lifeCount: number;
  callCount: number;
  snapshotCount: number;
  duplicateCount: number;
  deadCount: number;
  faults: Record<string, number>;
  nodes: SimulatedNode[];
}

export async function simulate({ seed, plant, crashAtCall }: SimulationOptions): Promise<SimulationResult> {
  const simulation = new Simulation(seed, crashAtCall !== undefined, plant);
  return await simulation.run(crashAtCall);
}

class Simulation {
  readonly #random: () => number;
  readonly #scheduler = new Scheduler();
  readonly #server = new Server(this.#scheduler);
  readonly #sessions = new Map<string, SimulatedNode>();
  readonly #lives: SimulatedNode[] = [];
  readonly #current = new Map<string, SimulatedNode>();
  readonly #violations: string[] = [];
  readonly #faults: Record<string, number> = {};
  readonly #weather: Weather;
  readonly #quiet: boolean;
  readonly #plant: SimulationOptions["plant"];
  readonly #entries: LogEntryOf[];
  readonly #reference: Reference;
  #snapshotCount = 0;
  #stormEndsMs = STORM_MS;
  #thawedMs = 0;
  #wipedCount = 0;
  #calm = false;
  #over = false;

  constructor(seed: number, quiet: boolean, plant: SimulationOptions["plant"]) {
    const random = this.#random = seeded(seed);
    this.#quiet = quiet;
    this.#plant = plant;
    this.#weather = quiet ? { loss: 0, repeat: 0, delayMs: 3, diskMs: 0 } : {
      loss: random() < 0.5 ? 0 : random() * 0.1,
      repeat: random() < 0.5 ? 0 : random() * 0.2,
      delayMs: 1 + random() * 40,
      diskMs: random() * 3_000,
    };
    const count = quiet ? 30 : 40 + Math.floor(random() * 80);
    this.#entries = Array.from({ length: count }, () => ({
      subject: `in.${[...ACTOR_NAMES, "nobody"][Math.floor(random() * (ACTOR_NAMES.length + 1))]}`,
      data: Uint8Array.of(Math.floor(random() * 4), random() < 0.04 ? 1 : 0, Math.floor(random() * 256)),
    }));
    this.#reference = fold(this.#actors(), this.#entries);
  }

  async run(crashAtCall: number | undefined): Promise<SimulationResult> {
    this.#watchLeases();
    this.#startFeed();
    for (const [i, name] of NODE_NAMES.entries()) {
      this.#after(this.#random() * 500, () => this.#startNode(name, i === 0 ? crashAtCall : undefined));
    }
    if (!this.#quiet) this.#after(this.#random() * 2_000, () => this.#misfortune());
    const stormed = () =>
      this.#scheduler.nowMs >= this.#stormEndsMs && this.#server.log.length === this.#entries.length;
    await this.#scheduler.run(stormed, Infinity);
    this.#makeCalm();
    const calmUntilMs = this.#scheduler.nowMs + CALM_MS;
    if (!await this.#scheduler.run(() => this.#isComplete, calmUntilMs)) {
      const nodes = [...this.#server.nodes.entries].map(([key, { value }]) => `${key} ${JSON.parse(value).session}`);
      this.#violate(`not stored in the end: ${this.#missing}; alive: ${nodes.join()}`);
    }
    this.#check();
    await this.#stopAll();
    return {
      violations: this.#violations,
      lifeCount: this.#lives.length,
      callCount: this.#lives.reduce((sum, { callCount }) => sum + callCount, 0),
      snapshotCount: this.#snapshotCount,
      duplicateCount: this.#server.duplicateCount,
      deadCount: this.#server.outputs.filter(({ subject }) => subject.startsWith("dead.")).length,
      faults: this.#faults,
      nodes: this.#lives,
    };
  }

  #actors(): Actor<unknown>[] {
    return ACTOR_NAMES.map((name) => tallyActor(name) as Actor<unknown>);
  }

  #after(ms: number, happen: () => void): void {
    this.#scheduler.at(ms, happen);
  }

  #startFeed(): void {
    let atMs = 0;
    for (const { subject, data } of this.#entries) {
      atMs += this.#random() * (2 * STORM_MS * 0.8) / this.#entries.length;
      this.#after(atMs, () => this.#server.append(subject, data));
    }
  }

  #startNode(name: string, crashAtCall?: number): void {
    const node = new SimulatedNode({
      name,
      session: `s${this.#lives.length + 1}`,
      scheduler: this.#scheduler,
      server: this.#server,
      sessions: this.#sessions,
      random: this.#random,
      weather: this.#weather,
      clockSkewMs: (this.#random() - 0.5) * 120_000,
      crashAtCall: crashAtCall ??
        (this.#quiet || this.#random() < 0.7 ? undefined : 1 + Math.floor(this.#random() * 300)),
      plant: this.#plant,
    });
    if (this.#server.isAway) node.disconnect();
    this.#lives.push(node);
    this.#current.set(name, node);
    node.start(this.#actors());
  }

  /** Something goes wrong, again and again until the storm ends. */
  #misfortune(): void {
    if (this.#calm || this.#scheduler.nowMs > this.#stormEndsMs) return;
    const random = this.#random;
    const alive = [...this.#current.values()].filter(({ isDead }) => !isDead);
    const victim = alive[Math.floor(random() * alive.length)];
    const kinds: [share: number, name: string, happen: () => void][] = [
      [5, "kill", () => victim?.crash()],
      [2, "stop", () => victim?.stop()],
      [3, "cut off", () => this.#cutOff(victim, 200 + random() * 12_000)],
      [3, "freeze", () => this.#freeze(victim, random() < 0.25 ? 150_000 : 500 + random() * 12_000)],
      [1, "join", () => this.#startNode(`n${4 + Math.floor(random() * 3)}`)],
      [1, "server away", () => this.#takeServerAway(random() < 0.1 ? 600_000 : 500 + random() * 8_000)],
      [0.3, "bucket deleted", () => this.#wipe(random() < 0.5 ? "nodes" : "leases")],
      [0.7, "rot", () => this.#rot()],
    ];
    let lot = random() * kinds.reduce((sum, [share]) => sum + share, 0);
    const [, name, happen] = kinds.find(([share]) => (lot -= share) < 0)!;
    this.#faults[name] = (this.#faults[name] ?? 0) + 1;
    happen();
    for (const node of NODE_NAMES) {
      if (this.#current.get(node)?.isDead) this.#after(random() * 3_000, () => this.#revive(node));
    }
    this.#after(200 + random() * 2_500, () => this.#misfortune());
  }

  #revive(name: string): void {
    if (this.#current.get(name)?.isDead && !this.#over) this.#startNode(name);
  }

  #freeze(node: SimulatedNode | undefined, ms: number): void {
    node?.freeze(ms);
    this.#thawedMs = Math.max(this.#thawedMs, this.#scheduler.nowMs + ms + THAWED_MS);
  }

  #wipe(bucket: "nodes" | "leases"): void {
    this.#wipedCount++;
    this.#server[bucket].wipe();
  }

  #cutOff(node: SimulatedNode | undefined, ms: number): void {
    node?.disconnect();
    this.#after(ms, () => !this.#server.isAway && node?.reconnect());
  }

  #takeServerAway(ms: number): void {
    if (this.#server.isAway) return;
    this.#server.isAway = true;
    this.#stormEndsMs = Math.max(this.#stormEndsMs, this.#scheduler.nowMs + ms + 5_000);
    for (const node of this.#lives) node.disconnect();
    this.#after(ms, () => this.#bringServerBack());
  }

  #bringServerBack(): void {
    this.#server.isAway = false;
    for (const node of this.#lives) {
      if (!node.isDead) this.#after(this.#random() * 1_000, () => !this.#server.isAway && node.reconnect());
    }
  }

  /** A bit flips in a snapshot that is pointed to. */
  #rot(): void {
    const names = [...this.#server.snapshots.keys()];
    const bytes = this.#server.snapshots.get(names[Math.floor(this.#random() * names.length)]!);
    if (bytes !== undefined) bytes[Math.floor(this.#random() * bytes.length)]! ^= 1;
  }

  #makeCalm(): void {
    this.#calm = true;
    // Nodes notice what went wrong last, such as a lease they took without hearing of it.
    this.#thawedMs = Math.max(this.#thawedMs, this.#scheduler.nowMs + THAWED_MS);
    Object.assign(this.#weather, { loss: 0, repeat: 0, delayMs: 3, diskMs: 0 });
    this.#bringServerBack();
    this.#reviveAll();
  }

  #reviveAll(): void {
    if (this.#over) return;
    for (const name of NODE_NAMES) this.#after(this.#random() * 1_000, () => this.#revive(name));
    this.#after(2_000, () => this.#reviveAll());
  }

  get #isComplete(): boolean {
    const { outputs } = this.#reference;
    if (this.#scheduler.nowMs < this.#thawedMs) return false;
    let wanted = 0;
    for (const list of outputs.values()) wanted += list.length;
    return this.#server.outputs.length >= wanted && this.#missing === "";
  }

  get #missing(): string {
    return [...this.#reference.outputs].flatMap(([subject, { length }]) =>
      this.#server.countOn(subject) < length ? `${subject} ${this.#server.countOn(subject)} of ${length}` : []
    ).join(", ");
  }

  /** Outputs equal those of the uninterrupted fold: none missing, none twice, in order. */
  #check(): void {
    const { outputs } = this.#reference;
    const stored = Map.groupBy(this.#server.outputs, ({ subject }) => subject);
    for (const subject of new Set([...outputs.keys(), ...stored.keys()])) {
      const is = (stored.get(subject) ?? []).map(({ payload }) => payload).join("\n");
      const wanted = (outputs.get(subject) ?? []).map(({ payload }) => payload).join("\n");
      if (is !== wanted) this.#violate(`${subject} is\n${is}\nbut should be\n${wanted}`);
    }
    for (const { fault, name } of this.#lives) {
      if (fault !== undefined && fault.name !== "NameTakenError") this.#violate(`${name} ended: ${fault.stack}`);
    }
  }

  /** Every write of a lease is looked at: who may write it, and what its snapshot counts on. */
  #watchLeases(): void {
    const newest = new Map<string, { term: number; session: string | undefined }>();
    this.#server.leases.watchers.add((change) => {
      if (change.type === "reset") newest.clear();
      if (change.type !== "put") return;
      const record = LeaseRecord.parse(JSON.parse(change.value));
      const before = newest.get(change.key);
      const session = record.owner?.session ?? before?.session;
      // In a bucket that was made anew revisions count anew too, and an old one may fit by chance.
      if (
        before !== undefined && this.#wipedCount === 0 &&
        (record.term < before.term || (record.term === before.term && session !== before.session))
      ) {
        this.#violate(
          `lease ${change.key}: term ${record.term} of ${session} after ${before.term} of ${before.session}`,
        );
      }
      newest.set(change.key, { term: record.term, session });
      this.#checkSnapshot(change.key, record);
    });
  }

  #checkSnapshot(actor: string, record: LeaseRecord): void {
    const pointer = (record.data as { snapshots: { name: string; sequence: number }[] } | null)?.snapshots[0];
    if (pointer === undefined) return;
    this.#snapshotCount++;
    for (const [subject, list] of this.#reference.outputs) {
      if (!subject.split(".").includes(actor)) continue;
      const counted = list.filter(({ sequence }) => sequence <= pointer.sequence).length;
      const stored = this.#server.countOn(subject);
      if (stored < counted) {
        this.#violate(
          `snapshot ${pointer.sequence} of ${actor} is ahead of ${subject}: ${stored} of ${counted} outputs`,
        );
      }
    }
    const bytes = this.#server.snapshots.get(pointer.name);
    if (bytes === undefined) {
      // A lease that is written anew after its bucket was deleted may point to what has been dropped since.
      if (this.#wipedCount === 0) this.#violate(`snapshot ${pointer.name} is pointed to and not there`);
      return;
    }
    try {
      const state = new TextDecoder().decode(unsealSnapshot(bytes, actor).state);
      const wanted = this.#reference.states.get(actor)!.get(pointer.sequence);
      if (state !== wanted) this.#violate(`snapshot ${pointer.sequence} of ${actor} is ${state}, should be ${wanted}`);
    } catch {
      // Rotten: whoever restores it finds that out.
    }
  }

  #violate(what: string): void {
    this.#violations.push(`${this.#scheduler.nowMs.toFixed(0)} ms: ${what}`);
  }

  /** Every node ends in good order, so that no promise is left behind. */
  async #stopAll(): Promise<void> {
    this.#over = true;
    const living = this.#lives.filter(({ isDead }) => !isDead);
    for (const node of this.#lives) node.stop();
    const ended = await this.#scheduler.run(
      () => this.#lives.every(({ isDead }) => isDead),
      this.#scheduler.nowMs + CALM_MS,
    );
    if (!ended) {
      const left = this.#lives.filter(({ isDead }) => !isDead).map(({ name, session }) => `${name} ${session}`);
      this.#violate(`nodes do not end when they are told to: ${left.join()}`);
    }
    const owners = [...this.#server.leases.entries].filter(([, { value }]) =>
      living.some(({ session, hasEnded }) =>
        hasEnded && LeaseRecord.parse(JSON.parse(value)).owner?.session === session
      )
    );
    if (ended && owners.length > 0) {
      this.#violate(`leases not given back: ${owners.map(([, { value }]) => value).join()}`);
    }
  }
}
