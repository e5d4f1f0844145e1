/**
 * A few words on an alarm's colour.
 *
 * @module
 */
import type { Severity } from "../model/cluster_state.ts";

export function Badge({ severity, text }: { severity: Severity; text: string }) {
  const color = severity === "bad" ? "bg-bad text-panel" : "bg-warn text-on-warn";
  return <span class={`whitespace-nowrap rounded-sm px-1.5 text-2xs font-semibold ${color}`}>{text}</span>;
}
