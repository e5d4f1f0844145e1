/**
 * Actor nodes as real processes that come and go, with a record of when and of what they said.
 *
 * @module
 */
import { PROJECT_ROOT, type RoleProcess, startRole } from "../../deploy/tools/mod.ts";

export interface FleetOptions {
  natsUrl: string;
  replicas: number;
  pairs: string;
  /** Takes everything that the processes say. */
  lines: string[];
}

/** One life of a process: its nodes go by its name, or with threads by `name-1`, `name-2` and so on. */
export interface ProcessLife {
  readonly name: string;
  readonly startMs: number;
  readonly threads: number;
  endMs: number | undefined;
  end: "kill" | "stop" | undefined;
}

export class Fleet implements AsyncDisposable {
  /** Every life there was, in order. */
  readonly lives: ProcessLife[] = [];
  readonly #options: FleetOptions;
  readonly #up = new Map<string, { role: RoleProcess; life: ProcessLife }>();
  readonly #starting = new Set<Promise<unknown>>();
  readonly #over = new AbortController();

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** Names of the processes that have said they are ready and were not told to end. */
  get up(): string[] {
    return [...this.#up.keys()].sort();
  }

  note(text: string): void {
    this.#options.lines.push(`${new Date().toISOString()} ---- ${text}`);
  }

  /** Start a process; resolves when it takes part. Once the fleet is disposed of, nothing starts. */
  async start(name: string, threads = 0): Promise<void> {
    const { natsUrl, replicas, pairs } = this.#options;
    const life: ProcessLife = { name, startMs: Date.now(), threads, endMs: undefined, end: undefined };
    this.lives.push(life);
    this.note(`${name} starts${threads > 0 ? ` with ${threads} threads` : ""}`);
    const starting = startRole({
      name,
      args: ["run", "-q", "-P=actors", "actors/main.ts", ...(threads > 0 ? ["--workers", String(threads)] : [])],
      cwd: PROJECT_ROOT,
      env: {
        NATS_URL: natsUrl,
        NATS_REPLICAS: String(replicas),
        NODE_NAME: name,
        PAIRS: pairs,
        LOG_LEVEL: "debug",
      },
      onLine: (line) => this.#options.lines.push(`${line.slice(0, 24)} ${name} ${line.slice(25)}`),
      signal: this.#over.signal,
    });
    this.#starting.add(starting);
    try {
      this.#up.set(name, { role: await starting, life });
      this.note(`${name} is ready`);
    } finally {
      this.#starting.delete(starting);
    }
  }

  /** SIGKILL. */
  async kill(name: string): Promise<void> {
    await this.#end(name, "kill");
  }

  /** SIGTERM: it hands everything over. */
  async stop(name: string): Promise<void> {
    await this.#end(name, "stop");
  }

  async #end(name: string, how: "kill" | "stop"): Promise<void> {
    const { role, life } = this.#up.get(name)!;
    this.#up.delete(name);
    life.endMs = Date.now();
    life.end = how;
    this.note(`${name} ${how}`);
    await role[how]();
    this.note(`${name} has ended, ${((Date.now() - life.endMs) / 1000).toFixed(2)} s after its ${how}`);
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.up.map((name) => this.stop(name)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    await Promise.allSettled(this.#starting);
    await Promise.all([...this.#up.values()].map(({ role }) => role.kill()));
    this.#up.clear();
  }
}
