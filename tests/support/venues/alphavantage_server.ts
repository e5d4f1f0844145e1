/**
 * A venue that answers `CURRENCY_EXCHANGE_RATE` as Alpha Vantage does: everything with status 200, limits and errors too.
 *
 * @module
 */
import { HttpVenue } from "./http_venue.ts";

export const ALPHAVANTAGE_KEY = "s3cret-alpha-key";

export interface AlphaVantageRate {
  rate: string;
  refreshed: string;
  zone?: string;
  bid?: string;
  ask?: string;
}

export class AlphaVantageServer extends HttpVenue {
  readonly rates = new Map<string, AlphaVantageRate>();
  /** Texts to answer with instead, first come, first served. */
  readonly next: string[] = [];
  /** The key is taken no more. */
  isExpired = false;

  /** The pair that each request asked for. */
  get asked(): string[] {
    return this.requests.map(({ searchParams }) =>
      `${searchParams.get("from_currency")}${searchParams.get("to_currency")}`
    );
  }

  override disconnect(): void {}

  protected override answer(_request: Request, { searchParams }: URL): Response {
    const [from, to] = [searchParams.get("from_currency"), searchParams.get("to_currency")];
    const text = this.next.shift();
    if (text !== undefined) return new Response(text);
    if (this.isExpired || searchParams.get("apikey") !== ALPHAVANTAGE_KEY) {
      return Response.json({
        "Error Message": `the parameter apikey is invalid or missing: ${searchParams.get("apikey")}`,
      });
    }
    const rate = this.rates.get(`${from}${to}`);
    if (searchParams.get("function") !== "CURRENCY_EXCHANGE_RATE" || rate === undefined) {
      return Response.json({ "Error Message": "Invalid API call. Please retry or visit the documentation." });
    }
    return Response.json({
      "Realtime Currency Exchange Rate": {
        "1. From_Currency Code": from,
        "2. From_Currency Name": from,
        "3. To_Currency Code": to,
        "4. To_Currency Name": to,
        "5. Exchange Rate": rate.rate,
        "6. Last Refreshed": rate.refreshed,
        "7. Time Zone": rate.zone ?? "UTC",
        ...(rate.bid !== undefined && { "8. Bid Price": rate.bid }),
        ...(rate.ask !== undefined && { "9. Ask Price": rate.ask }),
      },
    });
  }
}
