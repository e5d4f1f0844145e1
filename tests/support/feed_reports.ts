/**
 * What feeds tell of themselves.
 *
 * @module
 */
import { FeedPairReport, FeedReport } from "../../actors/contract/mod.ts";

export function feedPairOf(change: Partial<FeedPairReport> = {}): FeedPairReport {
  return FeedPairReport.parse({
    pair: "EURUSD",
    symbol: "EUR/USD",
    state: "live",
    eventCount: 1_200,
    lastEventUs: 1_700_000_000_000_000,
    ...change,
  });
}

/** A feed that serves three pairs and has nothing to complain of. */
export function feedReportOf(change: Partial<FeedReport> = {}): FeedReport {
  return FeedReport.parse({
    v: 1,
    source: "kraken",
    node: "feeds-1",
    session: "one",
    timeMs: 1_700_000_000_000,
    startedMs: 1_699_999_000_000,
    state: "live",
    sinceMs: 1_699_999_001_000,
    address: "wss://ws.kraken.com/v2",
    gives: ["levels", "trades"],
    conflated: false,
    pairs: ["EURUSD", "GBPUSD", "USDJPY"].map((pair) =>
      feedPairOf({ pair, symbol: `${pair.slice(0, 3)}/${pair.slice(3)}` })
    ),
    messageCount: 4_200,
    byteCount: 1_234_567,
    eventCount: 3_600,
    frameCount: 3_100,
    refusedCount: 0,
    refused: {},
    duplicateCount: 0,
    gapCount: 0,
    checksumFailureCount: 0,
    reconnectCount: 0,
    crossedCount: 0,
    lockedCount: 0,
    badTickCount: 0,
    pausedCount: 0,
    messagesPerSecond: 12.3,
    eventsPerSecond: 10.5,
    latencyMsP50: 42.1,
    latencyMsP99: 130.4,
    clockOffsetMs: 21.3,
    ...change,
  });
}
