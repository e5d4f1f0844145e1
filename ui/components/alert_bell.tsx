/**
 * How one is called for alerts: notifications of the desktop, a tone, from which severity on.
 *
 * @module
 */
import type { Notifier } from "../notifier.ts";

export function AlertBell({ notifier }: { notifier: Notifier }) {
  const { desktop, sound, severity, problem } = notifier;
  const isOn = desktop.value || sound.value;
  return (
    <details class="alert-bell" data-testid="alert-bell">
      <summary
        class="alert-tool"
        aria-label={`Calls: ${isOn ? "on" : "off"}. Change`}
        title="Desktop notifications and sound"
      >
        <svg aria-hidden="true" viewBox="0 0 16 16" class="bell" data-on={isOn}>
          <path d="M8 1.5a4 4 0 0 0-4 4c0 4-1.5 5-1.5 6h11c0-1-1.5-2-1.5-6a4 4 0 0 0-4-4zM6.5 13a1.5 1.5 0 0 0 3 0" />
          {!isOn && <path d="M2 2l12 12" />}
        </svg>
      </summary>
      <div class="alert-bell-menu text-2xs" role="group" aria-label="How you are called">
        <label>
          <input
            type="checkbox"
            data-testid="notify-desktop"
            checked={desktop.value}
            onChange={async ({ currentTarget: box }) => {
              await notifier.toggleDesktop();
              // The browser may have said no.
              box.checked = desktop.peek();
            }}
          />
          Desktop notifications
        </label>
        <label>
          <input
            type="checkbox"
            data-testid="notify-sound"
            checked={sound.value}
            onChange={() => notifier.toggleSound()}
          />
          Sound
        </label>
        <label>
          from
          <select
            class="case-select"
            data-testid="notify-severity"
            value={severity.value}
            onChange={({ currentTarget: { value } }) =>
              notifier.setSeverity(value === "critical" ? "critical" : value === "info" ? "info" : "warning")}
          >
            <option value="info">info</option>
            <option value="warning">warning</option>
            <option value="critical">critical</option>
          </select>
          on
        </label>
        {problem.value !== undefined && <p role="alert" class="m-0 text-bad">{problem.value}</p>}
      </div>
    </details>
  );
}
