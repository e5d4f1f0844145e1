/**
 * How to see a case again: the command, to be copied.
 *
 * A browser gives no clipboard to a page that came over plain HTTP from another machine, and may refuse it. The command is
 * then selected, for the user to copy by hand.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Anomaly } from "../../actors/contract/anomaly.ts";

export function CaseReplay({ anomaly }: { anomaly: Anomaly }) {
  const { id, sequenceFirst, sequenceLast, detectorVersion } = anomaly;
  const outcome = useSignal<"copied" | "refused" | undefined>(undefined);
  const code = useRef<HTMLElement>(null);
  const command = `deno task replay --case ${id}`;
  const copy = async () => {
    outcome.value = await copied(command) ? "copied" : "refused";
    if (outcome.value === "refused" && code.current !== null) getSelection()?.selectAllChildren(code.current);
  };
  const refused = outcome.value === "refused";
  return (
    <p class="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1 text-2xs text-muted">
      <code
        ref={code}
        data-testid="case-command"
        // What is copied by hand is seen whole.
        class={`min-w-0 max-w-full ${refused ? "break-all" : "truncate"}`}
        title="Shows the market around the case again"
      >
        {command}
      </code>
      <button
        type="button"
        data-testid="case-copy"
        aria-label={`Copy ${command}`}
        class="h-6 rounded-sm border border-line px-2"
        onClick={() => void copy()}
      >
        {outcome.value === "copied" ? "copied" : "copy"}
      </button>
      <span role="status" data-testid="case-copy-status" class={refused ? "text-ink" : "visually-hidden"}>
        {refused
          ? "The browser does not let this page copy: the command is selected, copy it by hand"
          : outcome.value === "copied"
          ? "Copied"
          : ""}
      </span>
      <span>log {sequenceFirst} to {sequenceLast}, detector version {detectorVersion}</span>
    </p>
  );
}

/** Whether a text is in the clipboard now. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Refused, or there is none.
    return false;
  }
}
