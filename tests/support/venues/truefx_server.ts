/**
 * A venue that answers as TrueFX's web rates do: free pairs for everybody, and sessions that tell only what changed. A session that has run
 * out is answered as if there were none.
 *
 * @module
 */
import { HttpVenue } from "./http_venue.ts";

export const TRUEFX_USER = "s3cret-user";
export const TRUEFX_PASSWORD = "s3cret-password";

interface Session {
  pairs: Set<string>;
  told: Map<string, string>;
}

export class TrueFxServer extends HttpVenue {
  /** Pairs that everybody sees. */
  free = ["EUR/USD", "USD/JPY", "GBP/USD"];
  /** Texts to answer with instead, first come, first served. */
  readonly next: string[] = [];
  sessionCount = 0;
  readonly #rows = new Map<string, string>();
  readonly #sessions = new Map<string, Session>();

  rate(
    symbol: string,
    [bidFigure, bidPoints]: [string, string],
    [askFigure, askPoints]: [string, string],
    timeMs: number,
  ): void {
    const open = `${bidFigure}${bidPoints}`;
    this.#rows.set(symbol, [symbol, timeMs, bidFigure, bidPoints, askFigure, askPoints, open, open, open].join(","));
  }

  /** Every session runs out. */
  expireSessions(): void {
    this.#sessions.clear();
  }

  override disconnect(): void {}

  protected override answer(_request: Request, { searchParams }: URL): Response {
    const text = this.next.shift();
    if (text !== undefined) return new Response(text);
    if (searchParams.has("u")) return new Response(this.#connect(searchParams));
    const session = this.#sessions.get(searchParams.get("id") ?? "");
    if (session === undefined) return new Response(this.#rowsOf(this.free));
    const changed = [...session.pairs].filter((symbol) => session.told.get(symbol) !== this.#rows.get(symbol));
    for (const symbol of changed) if (this.#rows.has(symbol)) session.told.set(symbol, this.#rows.get(symbol)!);
    return new Response(this.#rowsOf(changed));
  }

  #connect(query: URLSearchParams): string {
    if (query.get("u") !== TRUEFX_USER || query.get("p") !== TRUEFX_PASSWORD) {
      return `not authorized ${query.get("u")}:${query.get("p")}\r\n`;
    }
    const id = `${query.get("u")}:${query.get("p")}:${query.get("q")}:${Date.now()}${this.sessionCount++}`;
    this.#sessions.set(id, { pairs: new Set(query.get("c")?.split(",")), told: new Map() });
    return `${id}\r\n`;
  }

  #rowsOf(symbols: readonly string[]): string {
    return symbols.map((symbol) => this.#rows.get(symbol)).filter((row) => row !== undefined).map((row) => `${row}\r\n`)
      .join("") + "\r\n";
  }
}
