/**
 * Lets a test see processes live and die: each connects here, and the kernel closes its connection however it ends.
 *
 * @module
 */
import { readLines } from "./_lines.ts";

/** A process that reported. */
export interface Sighting {
  name: string;
  pid: number;
  /** Settles when the process is gone. */
  gone: Promise<void>;
  /** Makes the process end with code 7. */
  fail(): Promise<void>;
}

/** Waits for processes by name, in the order they report. */
export class Beacon implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #seen = new Map<string, Sighting[]>();
  readonly #waiting = new Map<string, ((sighting: Sighting) => void)[]>();

  constructor() {
    void this.#accept();
  }

  get env(): Record<string, string> {
    return { BEACON_PORT: String(this.#listener.addr.port) };
  }

  /** The next process of this name. */
  async next(name: string): Promise<Sighting> {
    const seen = this.#seen.get(name)?.shift();
    if (seen !== undefined) return seen;
    const { promise, resolve } = Promise.withResolvers<Sighting>();
    this.#waiting.set(name, [...this.#waiting.get(name) ?? [], resolve]);
    return await promise;
  }

  [Symbol.dispose](): void {
    this.#listener.close();
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) void this.#watch(connection);
  }

  async #watch(connection: Deno.TcpConn): Promise<void> {
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    try {
      for await (const line of readLines(connection.readable)) {
        const [name = "", pid] = line.split(" ");
        const fail = async () => void await connection.write(new Uint8Array(1));
        this.#report({ name, pid: Number(pid), gone, fail });
      }
    } catch (error) {
      // A killed process resets its connection.
      if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
    } finally {
      resolve();
    }
  }

  #report(sighting: Sighting): void {
    const waiting = this.#waiting.get(sighting.name)?.shift();
    if (waiting !== undefined) waiting(sighting);
    else this.#seen.set(sighting.name, [...this.#seen.get(sighting.name) ?? [], sighting]);
  }
}
