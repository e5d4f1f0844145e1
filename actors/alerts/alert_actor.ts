/**
 * The alert actor: folds the log of signals, which holds cases, samples, rules, commands and the clock in one order, into alerts.
 *
 * @module
 */
import {
  AlertCommand,
  ALERTS_DEAD_SUBJECT,
  ALL_SIGNALS,
  Anomaly,
  CLOCK_SUBJECT,
  COMMAND_SUBJECT,
  MARKET_METRICS_SUBJECT,
  type MetricSample,
  RULES_SUBJECT_PREFIX,
} from "../contract/mod.ts";
import type { Actor, ActorVersions, Emit, LogEntry } from "../runtime/mod.ts";
import { AlertsState } from "./alerts_state.ts";

/** Version of the snapshot's shape. From another one the state is folded from the log. */
export const ALERTS_SNAPSHOT_VERSION = 2;

export function createAlertActor(): Actor<AlertsState> {
  const decoder = new TextDecoder();
  return {
    name: "alerts",
    input: ALL_SIGNALS,
    dead: ALERTS_DEAD_SUBJECT,
    versions: { schema: ALERTS_SNAPSHOT_VERSION },
    initial: () => new AlertsState(),
    receive(state: AlertsState, { sequence, subject = "", data }: LogEntry, emit: Emit): void {
      state.begin(sequence);
      const isSample = subject.startsWith("fx.metrics.");
      if (isSample && (subject === MARKET_METRICS_SUBJECT || !state.rules.wantsSamples)) return;
      const value = jsonOf(decoder.decode(data));
      // Samples are what our own actors wrote; their schema is large, and one of four a second and pair is not worth it.
      if (isSample) return value === undefined ? undefined : state.takeSample(value as MetricSample, emit);
      if (subject.startsWith(RULES_SUBJECT_PREFIX)) {
        const name = subject.slice(RULES_SUBJECT_PREFIX.length);
        return state.rules.set(name, data.length === 0 ? undefined : value ?? null);
      }
      if (subject === CLOCK_SUBJECT) {
        return state.takeClock((value as { timeUs: number } | undefined)?.timeUs ?? 0, emit);
      }
      const schema = subject === COMMAND_SUBJECT ? AlertCommand : Anomaly;
      const parsed = schema.safeParse(value);
      if (!parsed.success) state.counts.refused++;
      else if (subject === COMMAND_SUBJECT) state.take(parsed.data as AlertCommand, emit);
      else state.takeCase(parsed.data as Anomaly, emit);
    },
    snapshot: (state: AlertsState) => new TextEncoder().encode(JSON.stringify(state.snapshot())),
    restore(bytes: Uint8Array, { schema }: ActorVersions): AlertsState {
      if (schema !== ALERTS_SNAPSHOT_VERSION) {
        throw new RangeError(`Cannot restore version ${ALERTS_SNAPSHOT_VERSION} from a snapshot of version ${schema}`);
      }
      const state = new AlertsState();
      state.restore(JSON.parse(decoder.decode(bytes)));
      return state;
    },
    eventTimeUs: (state: AlertsState) => state.timeUs,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
