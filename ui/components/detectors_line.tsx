/**
 * Which detectors of a pair run, and why others do not.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import type { PairDetectors } from "../../actors/contract/case_api.ts";
import { NEEDS } from "../../actors/contract/detector_spec.ts";
import { kindTitle } from "../model/case_state.ts";

type Status = PairDetectors["detectors"][number];

const WORDS: Readonly<Record<string, string>> = {
  conflated: "the source sends some of its prices only",
  off: "switched off",
  failed: "it failed too often",
};

export function DetectorsLine({ detectors }: { detectors: ReadonlySignal<PairDetectors | undefined> }) {
  const all = detectors.value?.detectors ?? [];
  if (all.length === 0) return null;
  const off = all.filter(({ on }) => !on);
  const faulty = all.filter(({ faultCount = 0 }) => faultCount > 0);
  return (
    <details data-testid="detectors" class="bg-panel px-3 py-1.5 text-2xs">
      <summary class="cursor-pointer text-muted">
        {all.length - off.length} of {all.length} detectors watch this pair
        {faulty.length > 0 && <span class="ml-2 font-semibold text-bad">{faulty.length} failed</span>}
      </summary>
      <ul class="m-0 list-none p-0 sm:columns-2">
        {all.map((one) => (
          <li key={one.kind} class="flex gap-2" title={one.fault}>
            <span class={`min-w-0 flex-none ${one.on ? "" : "text-muted"}`}>{kindTitle(one.kind)}</span>
            <span class="min-w-0 truncate text-muted">{stateWords(one)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function stateWords({ on, reason = "", faultCount }: Status): string {
  const faults = faultCount === undefined ? "" : `, failed ${faultCount} ${faultCount === 1 ? "time" : "times"}`;
  if (on) return `on${faults}`;
  const lacks: Readonly<Record<string, string>> = NEEDS;
  return `off: ${WORDS[reason] ?? (lacks[reason] === undefined ? reason : `no ${lacks[reason]}`)}${faults}`;
}
