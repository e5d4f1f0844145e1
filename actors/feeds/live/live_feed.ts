/**
 * Runs a live source: connects, connects again, and tells how that goes, until it is stopped.
 *
 * ```text
 * socket ─▶ queue (bounded; the wire is paused behind it) ─▶ source ─▶ normaliser ─▶ frames ─▶ log
 * ```
 *
 * What one turn of the event loop brought is handed to the source together and leaves as one frame a pair. Where the log has no room
 * nothing is handed on; the queue fills, and the socket is no longer read. A connection that ends, for whatever reason, is told to
 * whoever reads its pairs, and tried again (`back_off.ts`).
 *
 * @module
 */
import { type FeedReport, type Pair, StatusCode, US_PER_MS } from "../../contract/mod.ts";
import { FrameBatcher } from "../frame_batcher.ts";
import { Normaliser } from "../normaliser.ts";
import type { Clock, FeedTransport, FrameOutlet } from "../ports.ts";
import { BackOff } from "./back_off.ts";
import { Connection } from "./connection.ts";
import { FeedMeter } from "./feed_meter.ts";
import type { LiveSource } from "./live_source.ts";

/** How far event time may go back within a pair: as much as its actor takes. Two channels of one venue are not in step. */
export const LIVE_TIME_BACK_US_MAX = 1_000_000;
/** Time between two reports; one is made at once when the state changes. */
export const REPORT_INTERVAL_MS = 2_000;

export interface LiveFeedOptions {
  source: LiveSource;
  clock: Clock;
  transport: FeedTransport;
  outlet: FrameOutlet;
  node: string;
  session: string;
  /** Uniform in [0, 1). */
  random: () => number;
  onReport: (report: FeedReport) => void;
  log: (level: "debug" | "info" | "warn", text: string) => void;
}

/**
 * Run until the signal aborts; what was sent is waited for.
 *
 * @throws where the outlet fails.
 */
export async function runLiveFeed(options: LiveFeedOptions, stop: AbortSignal): Promise<void> {
  const { source, clock, outlet, node, session, log } = options;
  const { name, gives, conflated } = source;
  const startUs = clock.nowUs();
  const nowMs = () => clock.nowUs() / US_PER_MS;
  const meter = new FeedMeter({ source: name, node, session, gives, conflated }, nowMs());
  const normaliser = new Normaliser({ timeBackUsMax: LIVE_TIME_BACK_US_MAX });
  let receiveTimeUs = startUs;
  const batcher = new FrameBatcher({
    outlet,
    sourceName: `${name}:${node}:${startUs}`,
    receiveTimeUs: () => receiveTimeUs,
  });
  const report = () => options.onReport(meter.report(clock.nowUs(), normaliser, batcher.frameCount));
  let isReportDue = false;
  /** What one turn of the event loop changes is told once. */
  const reportSoon = async () => {
    if (isReportDue) return;
    isReportDue = true;
    await undefined;
    isReportDue = false;
    report();
  };
  for (const [pair, symbol] of source.symbols) meter.pair(pair, "waiting", { symbol });
  const backOff = new BackOff(options.random);
  const over = new AbortController();
  const reporting = (async () => {
    while (!over.signal.aborted) {
      report();
      await clock.sleep(REPORT_INTERVAL_MS, over.signal);
    }
  })();

  try {
    while (!stop.aborted) {
      meter.enter("connecting", nowMs());
      report();
      const connection = new Connection({
        ...options,
        meter,
        normaliser,
        batcher,
        onLive: () => {
          if (meter.state === "live") return;
          meter.enter("live", nowMs());
          log("info", `${name}: live`);
          report();
        },
        onPairState: () => void reportSoon(),
        setReceiveTimeUs: (timeUs) => receiveTimeUs = timeUs,
      });
      const fault = await connection.serve(stop);
      if (stop.aborted) break;
      const servedMs = meter.state === "live" ? nowMs() - meter.sinceMs : 0;
      for (const pair of meter.servedPairs) {
        connection.status(pair, StatusCode.disconnected);
        meter.pair(pair, "waiting");
      }
      await batcher.flush();
      const pauseMs = backOff.pauseMs(fault, servedMs);
      meter.enter(fault.code === "auth" || fault.code === "refused" ? "refused" : "waiting", nowMs(), fault);
      meter.counts.reconnectCount++;
      log("warn", `${name}: ${fault.message}; trying again in ${(pauseMs / 1_000).toFixed(1)} s`);
      report();
      await clock.sleep(pauseMs, stop);
    }
    await batcher.flush();
    await outlet.drain();
  } finally {
    over.abort();
    await reporting;
  }
}

/** What each of the pairs is called at a source. @throws {RangeError} where two pairs would have the same name. */
export function symbolsOf(pairs: readonly Pair[], symbolOf: (pair: Pair) => string): Map<Pair, string> {
  const symbols = new Map<Pair, string>();
  const owners = new Map<string, Pair>();
  for (const pair of pairs) {
    const symbol = symbolOf(pair);
    const other = owners.get(symbol);
    if (other !== undefined && other !== pair) {
      throw new RangeError(
        `symbol "${symbol}" means two pairs, ${other} and ${pair}; expected one of its own for each`,
      );
    }
    owners.set(symbol, pair);
    symbols.set(pair, symbol);
  }
  return symbols;
}
