/**
 * The end of the list of cases: older ones, that there are none, or that no more fit.
 *
 * @module
 */
import type { OlderStatus } from "../older_cases.ts";

export interface CasesOlderProps {
  status: OlderStatus;
  listedCount: number;
  /** Whether the list can take more. */
  hasRoom: boolean;
  onOlder: () => void;
}

export function CasesOlder({ status, listedCount, hasRoom, onOlder }: CasesOlderProps) {
  if (status.kind === "end") return listedCount === 0 ? null : <Line text="none before these" />;
  if (!hasRoom) {
    return (
      <Line
        text={`The list is full with ${listedCount.toLocaleString("en")} cases: narrow the choice to see older ones`}
      />
    );
  }
  return (
    <div class="flex items-center gap-3 px-3 py-1 text-2xs">
      <button
        type="button"
        data-testid="cases-older"
        class="h-7 rounded-sm border border-line px-2 text-muted lg:h-6"
        disabled={status.kind === "loading"}
        onClick={onOlder}
      >
        {status.kind === "loading" ? "Looking …" : "Older"}
      </button>
      {status.kind === "failed" && <span role="alert" class="text-bad">{status.message}</span>}
    </div>
  );
}

function Line({ text }: { text: string }) {
  return <p data-testid="cases-end" class="m-0 px-3 py-2 text-2xs text-muted">{text}</p>;
}
