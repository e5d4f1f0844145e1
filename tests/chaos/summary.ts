/**
 * What a run says of itself: the verdict, and how long everything took.
 *
 * @module
 */
import type { ChaosResult } from "./chaos.ts";
import { failovers, handovers, latenciesOf, percentiles, type PhaseSpan, repeatedCount } from "./figures.ts";

/** Lines of trouble that are shown. */
const TROUBLE_MAX = 8;

export function summary({ history, phases, violations, ...result }: ChaosResult): string {
  const lines: string[] = [];
  const row = (name: string, value: string | number) => lines.push(`${name.padEnd(52)} ${value}`);
  const moves = handovers(history);
  const falls = failovers(history);
  const latencies = [...history.expected].flatMap(([pair, expected]) =>
    latenciesOf(expected, history.stored.get(pair)!)
  );
  const within = ({ fromMs, toMs }: PhaseSpan) => (ms: number) => ms >= fromMs && ms < toMs;
  const kills = history.lives.filter(({ end }) => end === "kill").length;
  const stops = history.lives.filter(({ end }) => end === "stop").length;

  row("events, samples", `${result.eventCount}, ${latencies.length}`);
  row("processes killed, stopped", `${kills}, ${stops}`);
  row("last sample after the feed ended", `${(result.drainMs / 1000).toFixed(1)} s`);
  for (const phase of phases) {
    const isIn = within(phase);
    const of = <T>(list: readonly T[], at: (item: T) => number) => list.filter((item) => isIn(at(item)));
    const fallen = of(falls, ({ killMs }) => killMs);
    const moved = of(moves, ({ releaseMs }) => releaseMs);
    lines.push("", `${phase.name}, ${((phase.toMs - phase.fromMs) / 1000).toFixed(0)} s`);
    row("  sample latency", percentiles(of(latencies, ({ closedMs }) => closedMs).map(({ latencyMs }) => latencyMs)));
    if (fallen.length > 0) {
      row("  failover: kill to first sample of the new owner", percentiles(fallen.map(({ sampleMs }) => sampleMs)));
      row("    kill to lease taken", percentiles(fallen.map(({ takenMs }) => takenMs)));
      row("    kill to first entry folded", percentiles(fallen.map(({ foldedMs }) => foldedMs)));
    }
    if (moved.length > 0) {
      row("  hand-over gap: wait of the first entry folded", percentiles(moved.map(({ gapMs }) => gapMs)));
      row("    release to lease taken", percentiles(moved.map(({ takenMs }) => takenMs)));
      row("    release to first entry folded", percentiles(moved.map(({ foldedMs }) => foldedMs)));
      row("    largest sample latency around a move", percentiles(moved.map(({ latencyMs }) => latencyMs)));
    }
  }
  lines.push("", "in all");
  row("  sample latency", percentiles(latencies.map(({ latencyMs }) => latencyMs)));
  row("  failover: kill to first sample of the new owner", percentiles(falls.map(({ sampleMs }) => sampleMs)));
  row("  outputs folded again and left out", repeatedCount(history));
  row("  entries set aside as dead", result.deadCount);
  const said = (pattern: RegExp) => result.lines.filter((line) => pattern.test(line)).length;
  row(
    "  snapshots not stored, outputs sent again, leases lost",
    [
      said(/snapshot not stored/),
      said(/not stored, trying again: /),
      said(/its lease is lost/),
    ].join(", "),
  );
  const faults = result.lines.filter((line) => / error /.test(line));
  row("  lines of error", faults.length);
  for (const fault of faults.slice(0, TROUBLE_MAX)) lines.push(`    ${fault.slice(0, 300)}`);
  lines.push(
    "",
    violations.length === 0 ? "identical to the undisturbed fold: nothing lost, nothing double" : "BROKEN",
  );
  for (const violation of violations.slice(0, TROUBLE_MAX)) lines.push(`  ${violation.slice(0, 600)}`);
  return lines.join("\n");
}
