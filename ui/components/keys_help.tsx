/**
 * The keys of the page.
 *
 * @module
 */
import { KEYS } from "../keyboard.ts";

/** Where it stands in the page; shown by `showModal()`. */
export const KEYS_HELP_ID = "keys-help";

export function KeysHelp() {
  return (
    <dialog id={KEYS_HELP_ID} data-testid="keys-help" aria-label="Keys" class="keys-help">
      <form method="dialog" class="flex items-center justify-between gap-6 pb-2">
        <h2 class="text-sm font-semibold">Keys</h2>
        <button type="submit" class="alert-tool">Close</button>
      </form>
      <dl class="grid gap-x-4 gap-y-1 text-xs">
        {KEYS.map(([key, what]) => (
          <div key={key} class="flex gap-4">
            <dt class="w-20 flex-none font-semibold">{key}</dt>
            <dd class="text-muted">{what}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
