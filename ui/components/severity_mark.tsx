/**
 * How bad a case is, by shape first and by colour after.
 *
 * @module
 */
import type { Severity } from "../../actors/contract/alert.ts";

const MARKS: Readonly<Record<Severity, readonly [mark: string, look: string]>> = {
  critical: ["▲", "text-bad"],
  warning: ["◆", "text-warn-edge"],
  info: ["●", "text-muted"],
};

export function SeverityMark({ severity }: { severity: Severity }) {
  const [mark, look] = MARKS[severity];
  return (
    <span class={`inline-block w-3 flex-none text-center text-2xs ${look}`} title={severity}>
      <span aria-hidden="true">{mark}</span>
      <span class="visually-hidden">{severity}</span>
    </span>
  );
}
