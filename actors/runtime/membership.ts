/**
 * Which nodes of a group are alive.
 *
 * Every node keeps a key in a register whose keys go by themselves when they are not renewed, and watches those of the others: a
 * death is an event. To be told of one sooner than a key ages, each node asks the next one in the ring whether its connection is
 * still there; a process that is killed takes its connection along, and whoever asks it then takes its key away for it. A node that was
 * taken for dead and is not, comes back by writing its key again.
 *
 * Only durations of one node's own clock count here, never a time that another one wrote.
 *
 * @module
 */
import { NodeRecord } from "../contract/mod.ts";
import { type Clock, type LogLine, type Peers, type Register, type RegisterChange, RevisionError } from "./ports.ts";

/** Time between two renewals of the own key, a quarter of the age at which it goes. */
export const BEAT_INTERVAL_MS = 1_000;
/** Time between two questions to the next node in the ring. */
export const PROBE_INTERVAL_MS = 250;
/** Answers "gone" in a row after which a node is taken for dead: longer than a client takes to reconnect. */
const PROBES_GONE = 3;
/** After an outage of the register: time for the others to come back before a missing one means anything. */
export const OUTAGE_GRACE_MS = 1_000;
/** How long a start waits for the name of a former life to become free. */
const NAME_WAIT_MS = 10_000;

/** Another live process has this node's name. */
export class NameTakenError extends Error {
  override readonly name = "NameTakenError";
}

export interface MembershipPorts {
  nodes: Register;
  peers: Peers;
  clock: Clock;
  logLine: LogLine;
}

export type NodeIdentity = Omit<NodeRecord, "v" | "draining">;

export class Membership {
  readonly identity: NodeIdentity;
  readonly #ports: MembershipPorts;
  readonly #onChange: () => void;
  #draining = false;
  #hasLeft = false;
  #revision = 0;
  #beating: Promise<void> | undefined;
  #nodes = new Map<string, { record: NodeRecord; revision: number }>();
  /** What a watch that began anew has told so far. */
  #incoming: Map<string, { record: NodeRecord; revision: number }> | undefined;
  #isCurrent = false;
  #graceUntilMs = 0;
  #goneAnswers = { session: "", count: 0 };

  constructor(identity: NodeIdentity, ports: MembershipPorts, onChange: () => void) {
    this.identity = identity;
    this.#ports = ports;
    this.#onChange = onChange;
  }

  /** Whether the others are known. */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Nodes of the group that are alive, this one among them, by name. */
  get live(): NodeRecord[] {
    const others = [...this.#nodes.values()].map(({ record }) => record)
      .filter((record) => record.group === this.identity.group && record.node !== this.identity.node);
    return [...others, this.#record].sort((a, b) => (a.node < b.node ? -1 : 1));
  }

  /** Join. Resolves when the own key is there and the others are known. @throws {NameTakenError} */
  async join(signal: AbortSignal): Promise<void> {
    const { peers, clock, logLine } = this.#ports;
    peers.answer(this.identity.session, signal);
    const { promise: current, resolve } = Promise.withResolvers<void>();
    void this.#watch(signal, resolve);
    const untilMs = clock.elapsedMs() + NAME_WAIT_MS;
    while (!signal.aborted) {
      try {
        await this.#beat();
        break;
      } catch (error) {
        if (error instanceof NameTakenError && clock.elapsedMs() >= untilMs) throw error;
        if (!(error instanceof NameTakenError)) logLine("warn", `cannot join yet: ${(error as Error).message}`);
        await clock.sleep(BEAT_INTERVAL_MS / 2, signal);
      }
    }
    await current;
    clock.every(PROBE_INTERVAL_MS, () => void this.#probe().catch(() => {}), signal);
  }

  /** Renew the own key. A failure is told and made up for at the next time. @throws {NameTakenError} */
  async beat(): Promise<void> {
    if (this.#hasLeft) return;
    try {
      await (this.#beating ??= this.#beat().finally(() => this.#beating = undefined));
    } catch (error) {
      if (error instanceof NameTakenError) throw error;
      this.#ports.logLine("debug", `own key not renewed: ${(error as Error).message}`);
    }
  }

  /** Tell the others to take over. */
  async drain(): Promise<void> {
    this.#draining = true;
    this.#onChange();
    await this.#beating?.catch(() => {});
    await this.beat();
  }

  async leave(): Promise<void> {
    this.#hasLeft = true;
    await this.#beating?.catch(() => {});
    await this.#ports.nodes.delete(this.#key, this.#revision);
  }

  /** Whether what a session held may be taken: it is not among the living, and does not answer either. */
  async isDead(session: string): Promise<boolean> {
    const { clock, peers } = this.#ports;
    if (session === this.identity.session) return true;
    if (!this.#isCurrent || clock.elapsedMs() < this.#graceUntilMs || this.lives(session)) return false;
    return await peers.ask(session) !== "alive" && !this.lives(session);
  }

  /** Whether a session is among the living, as far as this node has heard. */
  lives(session: string): boolean {
    return [...this.#nodes.values()].some(({ record }) => record.session === session);
  }

  get #key(): string {
    return `${this.identity.group}.${this.identity.node}`;
  }

  get #record(): NodeRecord {
    return { v: 1, ...this.identity, draining: this.#draining };
  }

  async #beat(): Promise<void> {
    const { nodes, peers, logLine } = this.#ports;
    try {
      this.#revision = await nodes.put(this.#key, JSON.stringify(this.#record), this.#revision);
      return;
    } catch (error) {
      if (!(error instanceof RevisionError)) throw error;
    }
    const entry = await nodes.get(this.#key);
    const other = entry === undefined ? undefined : parseNode(entry.value);
    if (other !== undefined && other.session !== this.identity.session && await peers.ask(other.session) !== "gone") {
      throw new NameTakenError(
        `Cannot join as "${this.identity.node}": another process (session ${other.session}, since ${
          new Date(other.startedMs).toISOString()
        }) has that name; give each node a NODE_NAME of its own`,
      );
    }
    if (this.#revision > 0 && entry === undefined) logLine("warn", "taken for dead by the others, joining again");
    this.#revision = await nodes.put(this.#key, JSON.stringify(this.#record), entry?.revision ?? 0);
  }

  async #watch(signal: AbortSignal, onCurrent: () => void): Promise<void> {
    for await (const change of this.#ports.nodes.watch(signal)) {
      const changed = this.#take(change);
      if (change.type === "current") onCurrent();
      if (changed && this.#incoming === undefined) this.#onChange();
    }
    onCurrent();
  }

  /** Answers whether it says anything new. */
  #take(change: RegisterChange): boolean {
    const nodes = this.#incoming ?? this.#nodes;
    switch (change.type) {
      case "reset":
        if (this.#isCurrent) {
          this.#graceUntilMs = this.#ports.clock.elapsedMs() + OUTAGE_GRACE_MS;
          void this.beat().catch(() => {}); // the others wait for it; a name that is taken is told at the next one
        }
        this.#incoming = new Map();
        return false;
      case "current":
        this.#nodes = this.#incoming ?? this.#nodes;
        this.#incoming = undefined;
        this.#isCurrent = true;
        return true;
      case "gone":
        return nodes.delete(change.key);
      case "put": {
        const record = parseNode(change.value);
        if (record === undefined) {
          this.#ports.logLine("warn", `fx-nodes ${change.key} is no record of a node, passed over`);
          return false;
        }
        const known = nodes.get(change.key)?.record;
        nodes.set(change.key, { record, revision: change.revision });
        return known?.session !== record.session || known.draining !== record.draining ||
          known.capacity !== record.capacity;
      }
    }
  }

  /** Ask the next node in the ring, and take the key of a dead one away. */
  async #probe(): Promise<void> {
    const { clock, nodes, peers, logLine } = this.#ports;
    const others = [...this.#nodes].filter(([, { record }]) =>
      record.group === this.identity.group && record.session !== this.identity.session
    ).sort(([a], [b]) => (a < b ? -1 : 1));
    const next = others.find(([key]) => key > this.#key) ?? others[0];
    if (next === undefined) return;
    const [key, { record: { node, session }, revision }] = next;
    const answer = await peers.ask(session);
    if (answer !== "gone") {
      this.#goneAnswers = { session, count: 0 };
      return;
    }
    const count = this.#goneAnswers.session === session ? this.#goneAnswers.count + 1 : 1;
    this.#goneAnswers = { session, count };
    if (count < PROBES_GONE || clock.elapsedMs() < this.#graceUntilMs) return;
    logLine("warn", `node ${node} is gone`);
    this.#goneAnswers = { session, count: 0 };
    await nodes.delete(key, revision);
  }
}

function parseNode(value: string): NodeRecord | undefined {
  try {
    return NodeRecord.parse(JSON.parse(value));
  } catch {
    return undefined;
  }
}
