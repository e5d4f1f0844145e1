/**
 * A TCP proxy that stops in the middle of a request, as if its sender had been frozen while it wrote.
 *
 * @module
 */

export class HoldingProxy implements AsyncDisposable {
  readonly url: string;
  readonly #listener: Deno.TcpListener;
  readonly #target: { hostname: string; port: number };
  readonly #connections = new Set<Deno.TcpConn>();
  readonly #holding = Promise.withResolvers<void>();
  readonly #released = Promise.withResolvers<void>();
  readonly #accepting: Promise<void>;
  #word: string | undefined;

  constructor(target: string) {
    const { hostname, port } = new URL(target);
    this.#target = { hostname, port: Number(port) };
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.url = `http://127.0.0.1:${this.#listener.addr.port}`;
    this.#accepting = this.#accept();
  }

  /** Hold the next piece of a request that has a word in it: half of the piece goes on. Resolves when it is held. */
  hold(word: string): Promise<void> {
    this.#word = word;
    return this.#holding.promise;
  }

  /** Let the rest go on. */
  release(): void {
    this.#released.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.release();
    for (const connection of this.#connections) connection.close();
    await this.#accepting;
  }

  async #accept(): Promise<void> {
    const pipes: Promise<void>[] = [];
    for await (const client of this.#listener) {
      const server = await Deno.connect(this.#target);
      this.#connections.add(client).add(server);
      pipes.push(this.#pipe(client, server, true), this.#pipe(server, client, false));
    }
    await Promise.all(pipes);
  }

  async #pipe(from: Deno.TcpConn, to: Deno.TcpConn, holds: boolean): Promise<void> {
    const decoder = new TextDecoder("latin1");
    const write = async (bytes: Uint8Array) => {
      for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
    };
    try {
      for (let buffer = new Uint8Array(65_536);; buffer = new Uint8Array(65_536)) {
        const size = await from.read(buffer);
        if (size === null) break;
        const piece = buffer.subarray(0, size);
        if (holds && this.#word !== undefined && decoder.decode(piece).includes(this.#word)) {
          this.#word = undefined;
          await write(piece.subarray(0, size - 1));
          this.#holding.resolve();
          await this.#released.promise;
          await write(piece.subarray(size - 1));
        } else await write(piece);
      }
      await to.closeWrite();
    } catch {
      // One side has gone: so has the other for it.
    }
  }
}
