/**
 * Asks the gateway for a case and, where the log has it no more, for the market around it.
 *
 * @module
 */
import { CaseAnswer, type EventJson, formatTimeUs, HistoryAnswer, type Pair, Problem } from "../contract/mod.ts";

/** Time for one answer. */
const TIMEOUT_MS = 15_000;
/** Rows of one answer. */
const ROWS_MAX = 50_000;

/** What was asked for is not there, or the gateway is not. */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
}

export class GatewayClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** A case by its id. @throws {GatewayError} where there is none, or no gateway. */
  async case(id: string): Promise<CaseAnswer> {
    return CaseAnswer.parse(await this.#get(`api/cases/${encodeURIComponent(id)}`));
  }

  /** Quotes and trades of a window from the archive, in order of time; at most 50,000 of each. */
  async market(pair: Pair, window: { fromUs: number; toUs: number }): Promise<EventJson[]> {
    const query = new URLSearchParams({ from: `${window.fromUs}`, to: `${window.toUs}`, limit: `${ROWS_MAX}` });
    const [quotes, trades] = await Promise.all(
      ["quotes", "trades"].map(async (what) =>
        HistoryAnswer.parse(await this.#get(`api/pairs/${pair}/${what}?${query}`))
      ),
    ) as [HistoryAnswer, HistoryAnswer];
    const events: { timeUs: number; json: EventJson }[] = [
      ...rowsOf(quotes).map(({ timeUs, bid, ask, bidSize, askSize }) => ({
        timeUs: timeUs as number,
        json: {
          kind: "quote",
          pair,
          time: formatTimeUs(timeUs as number),
          ...known({ bid, ask, bidSize, askSize }),
        } as EventJson,
      })),
      ...rowsOf(trades).map(({ timeUs, price, size, side }) => ({
        timeUs: timeUs as number,
        json: {
          kind: "trade",
          pair,
          time: formatTimeUs(timeUs as number),
          price,
          size,
          ...(side === "buy" || side === "sell" ? { side } : {}),
        } as EventJson,
      })),
    ];
    return events.sort((a, b) => a.timeUs - b.timeUs).map(({ json }) => json);
  }

  async #get(path: string): Promise<unknown> {
    const url = new URL(path, this.#url.endsWith("/") ? this.#url : `${this.#url}/`);
    let response: Response;
    try {
      response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (error) {
      throw new GatewayError(`No gateway answers at ${url.origin}; GATEWAY_URL says where it is`, { cause: error });
    }
    const body: unknown = await response.json().catch(() => undefined);
    if (response.ok) return body;
    const problem = Problem.safeParse(body);
    const { title, detail } = problem.data ?? { title: `status ${response.status}`, detail: undefined };
    throw new GatewayError(detail === undefined ? title : `${title}: ${detail}`);
  }
}

type Cell = HistoryAnswer["columns"][string][number];

function rowsOf({ columns }: HistoryAnswer): Record<string, Cell>[] {
  const names = Object.keys(columns);
  return (columns.timeUs ?? []).map((_, row) => Object.fromEntries(names.map((name) => [name, columns[name]![row]!])));
}

/** Those of the values that are numbers. */
function known(values: Record<string, Cell | undefined>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
  );
}
