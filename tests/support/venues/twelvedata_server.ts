/**
 * A venue that speaks Twelve Data's WebSocket as documented: subscriptions with what succeeded and what failed, prices, heartbeats.
 *
 * @module
 */
import { WsVenue } from "./ws_venue.ts";

export const TWELVEDATA_KEY = "s3cret-twelve-key";

export class TwelveDataServer extends WsVenue {
  symbols = ["EUR/USD", "USD/JPY"];
  /** The key is taken no more. */
  isExpired = false;
  /** Answers no subscription. */
  isMute = false;

  constructor() {
    super();
    this.onText = (text, send) => {
      const { action, params } = JSON.parse(text);
      if (action === "heartbeat") return send(JSON.stringify({ event: "heartbeat", status: "ok" }));
      if (this.isMute) return;
      const asked = (params.symbols as string).split(",");
      const success = asked.filter((symbol) => this.symbols.includes(symbol));
      const fails = asked.filter((symbol) => !this.symbols.includes(symbol));
      send(JSON.stringify({
        event: "subscribe-status",
        status: fails.length === 0 ? "ok" : success.length > 0 ? "warning" : "error",
        success: success.map((symbol) => ({ symbol, exchange: "FOREX", country: "", type: "Physical Currency" })),
        fails: fails.length === 0 ? null : fails.map((symbol) => ({ symbol })),
      }));
    };
  }

  price(
    symbol: string,
    bid: number | undefined,
    ask: number | undefined,
    timestamp = Math.floor(Date.now() / 1_000),
  ): void {
    this.say({
      event: "price",
      symbol,
      currency_base: symbol.slice(0, 3),
      currency_quote: symbol.slice(4),
      type: "Physical Currency",
      timestamp,
      price: bid ?? 1,
      ...(bid !== undefined && { bid }),
      ...(ask !== undefined && { ask }),
    });
  }

  /** The key runs out: connections end, and none is taken. */
  expire(): void {
    this.isExpired = true;
    this.disconnect();
  }

  protected override answer(request: Request): Response {
    const key = new URL(request.url).searchParams.get("apikey");
    if (this.isExpired || key !== TWELVEDATA_KEY) return new Response(`no such key: ${key}`, { status: 401 });
    return super.answer(request);
  }
}
