/**
 * The alert actor on a node: one node of a cluster runs it, and writes the time of the world into its log.
 *
 * @module
 */
import { systemClock } from "./adapters/clock.ts";
import { JetStreamLog } from "./adapters/jetstream_log.ts";
import { JetStreamOutlet } from "./adapters/jetstream_outlet.ts";
import { KvNodeReports, KvViewCache } from "./adapters/kv_caches.ts";
import type { connectNats } from "./adapters/nats.ts";
import { ObjectSnapshots } from "./adapters/object_snapshots.ts";
import { placementPorts } from "./adapters/placement_ports.ts";
import { AlertDesk } from "./adapters/alert_desk.ts";
import { type AlertsState, createAlertActor } from "./alerts/mod.ts";
import { CLOCK_SUBJECT, STREAMS, US_PER_MS } from "./contract/mod.ts";
import { type Actor, Host, type LogLine } from "./runtime/mod.ts";

/** Group of the nodes that may run it. */
const GROUP = "alerts";
/** Time between two words about the time: how exact escalations are. */
const CLOCK_INTERVAL_MS = 1_000;
const REPORT_INTERVAL_MS = 2_000;

export interface AlertsHostOptions {
  nc: Awaited<ReturnType<typeof connectNats>>;
  node: string;
  capacity: number;
  replicas: number;
  signal: AbortSignal;
  log: LogLine;
}

/** Run until the signal aborts; the actor is handed over then. */
export async function runAlertsHost({ nc, node, capacity, replicas, signal, log }: AlertsHostOptions): Promise<void> {
  const startedMs = systemClock.nowMs();
  const identity = { group: GROUP, node, session: crypto.randomUUID(), capacity, startedMs };
  let isOwner = false;
  let isRulesChecked = false;
  const desk = new AlertDesk(nc);
  /**
   * The log of signals keeps an hour, the bucket for ever. Where the actor had to begin without a snapshot, what it does not know is put
   * there again, and so comes into the log.
   */
  const checkRules = async () => {
    const state = host.stateOf("alerts") as AlertsState | undefined;
    // Before the first word of the time it may still be folding what it missed.
    if (!isOwner || isRulesChecked || state === undefined || state.clockUs < startedMs * US_PER_MS) return;
    isRulesChecked = true;
    for (const [name, text] of await desk.ruleTexts()) {
      if (state.rules.knows(name, text)) continue;
      log("info", `alerts: rule ${name} is told again`);
      await desk.putRule(name, text);
    }
  };
  const host = new Host(identity, {
    log: new JetStreamLog(nc, STREAMS.signals.name, (error) => log("warn", `reading signals anew: ${error.message}`)),
    outlet: new JetStreamOutlet(nc),
    snapshots: new ObjectSnapshots(nc),
    views: new KvViewCache(nc),
    ...placementPorts(nc, { replicas, logLine: log }),
    memoryBytes: () => Deno.memoryUsage().rss,
  }, (_actor, owned) => {
    isOwner = owned;
    isRulesChecked = false;
  });
  host.setActors([createAlertActor() as Actor<unknown>]);
  const over = new AbortController();
  // Two owners for a moment tell the time twice, and the later one counts.
  systemClock.every(CLOCK_INTERVAL_MS, () => {
    if (isOwner && !nc.isClosed()) {
      nc.publish(CLOCK_SUBJECT, JSON.stringify({ timeUs: Math.round(systemClock.nowMs() * US_PER_MS) }));
    }
  }, over.signal);
  systemClock.every(CLOCK_INTERVAL_MS, () => {
    checkRules().catch((error: Error) => {
      isRulesChecked = false;
      log("debug", `rules not checked: ${error.message}`);
    });
  }, over.signal);
  const reports = new KvNodeReports(nc);
  systemClock.every(REPORT_INTERVAL_MS, () => {
    reports.put(host.report).catch((error: Error) => log("debug", `report not stored: ${error.message}`));
  }, over.signal);
  try {
    await host.run(signal);
  } finally {
    over.abort();
    await reports.remove(identity).catch(() => {});
  }
}
