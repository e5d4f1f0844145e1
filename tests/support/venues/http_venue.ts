/**
 * What the venues that are spoken to over HTTP have in common: a real server on a free port that can refuse, keep silent, and die.
 *
 * @module
 */

/** An answer to send instead of what is asked for. */
export interface Refusal {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

export abstract class HttpVenue implements AsyncDisposable {
  /** Requests so far: path and query. */
  readonly requests: URL[] = [];
  /** Answers everything with this. */
  refusal: Refusal | undefined;
  /** Takes requests and never answers them: half-open. */
  isSilent = false;
  #ending = new AbortController();
  #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = this.#listen(0);
  }

  get port(): number {
    return this.#server.addr.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  protected abstract answer(request: Request, url: URL): Response | Promise<Response>;

  /** End what is open. */
  protected abstract disconnect(): void;

  /** Die, and come back on the same port. */
  async restart(): Promise<void> {
    const { port } = this;
    await this.#close();
    this.#ending = new AbortController();
    this.#server = this.#listen(port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  async #close(): Promise<void> {
    this.disconnect();
    this.#ending.abort();
    await this.#server.finished;
  }

  #listen(port: number): Deno.HttpServer<Deno.NetAddr> {
    const { signal } = this.#ending;
    return Deno.serve({ hostname: "127.0.0.1", port, signal, onListen: () => {} }, async (request) => {
      const url = new URL(request.url);
      this.requests.push(url);
      if (this.isSilent) {
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      }
      if (this.refusal !== undefined) {
        const { status, headers, body = "" } = this.refusal;
        return new Response(body, { status, headers });
      }
      return await this.answer(request, url);
    });
  }
}
