/**
 * What the rule would have done: how many alerts, when, of what.
 *
 * @module
 */
import type { DryRunAnswer } from "../../actors/contract/alert_api.ts";
import { US_PER_HOUR } from "../../actors/contract/units.ts";
import { alertTitle, placeOf } from "../model/alert_state.ts";
import { formatEventTime } from "../model/event_time.ts";
import type { RuleClient, Trial } from "../rule_client.ts";
import { placeName } from "./alert_row.tsx";
import { SeverityMark } from "./severity_mark.tsx";
import { Warnings } from "./rules_panel.tsx";

export interface RuleTrialProps {
  client: RuleClient;
  onCase: (id: string) => void;
  onPair: (pair: string) => void;
}

const SPANS = [[1, "1 h"], [6, "6 h"], [24, "24 h"], [168, "7 days"]] as const;

export function RuleTrial({ client, onCase, onPair }: RuleTrialProps) {
  const trial = client.trial.value;
  return (
    <section class="rule-trial" aria-label="Dry run" data-testid="rule-trial">
      <div class="alert-group flex-wrap">
        <span>Try it on the last</span>
        {SPANS.map(([hours, text]) => (
          <button
            key={hours}
            type="button"
            data-testid={`try-${hours}`}
            class={`alert-tool ${trial?.hours === hours ? "bg-raised font-semibold" : ""}`}
            disabled={trial?.running === true}
            onClick={() => void client.try(hours)}
          >
            {text}
          </button>
        ))}
      </div>
      {trial === undefined
        ? (
          <p class="m-0 text-2xs text-muted">
            The rule as it stands here, saved or not, goes through what ClickHouse keeps.
          </p>
        )
        : <Outcome trial={trial} onCase={onCase} onPair={onPair} />}
    </section>
  );
}

function Outcome({ trial, onCase, onPair }: Omit<RuleTrialProps, "client"> & { trial: Trial }) {
  const { running, problem, answer, outdated, hours } = trial;
  if (running) return <p role="status" class="m-0 text-muted">Going through {spanText(hours)} …</p>;
  if (problem !== undefined) return <p role="alert" class="m-0 text-bad">It could not be tried: {problem}</p>;
  if (answer === undefined) return null;
  return (
    <div class={outdated ? "dimmed-inside" : ""} data-testid="trial-outcome">
      {outdated && <p class="m-0 text-2xs">The rule has changed since; try it again.</p>}
      <p role="status" class="m-0 text-sm">
        Would have fired <b>{times(answer.openedCount)}</b> in {coveredText(answer)}.
      </p>
      <p class="m-0 text-2xs text-muted">
        {answer.lookedAtCount.toLocaleString("en")} looked at
        {answer.heldBackCount > 0 && `; ${answer.heldBackCount} more held back by its rate`}
        {answer.suppressedCount > 0 && `; ${answer.suppressedCount} more while it is silent`}
      </p>
      {answer.warnings.length > 0 && <Warnings warnings={answer.warnings} />}
      {answer.alerts.length > 0 && <Strip answer={answer} />}
      <ol class="m-0 list-none p-0 text-2xs" data-testid="trial-alerts">
        {answer.alerts.map((alert, at) => {
          const place = placeOf(alert as Parameters<typeof placeOf>[0]);
          return (
            <li key={at} class="flex items-center gap-2">
              <SeverityMark severity={alert.severity} />
              <span class="flex-none text-muted">{formatEventTime(alert.timeUs).slice(5)}</span>
              {place === undefined ? <span>{placeName(alert.pair)}</span> : (
                <button
                  type="button"
                  class="flex-none underline decoration-dotted"
                  onClick={() => "caseId" in place ? onCase(place.caseId) : onPair(place.pair)}
                >
                  {placeName(alert.pair)} {alertTitle(alert)}
                </button>
              )}
              <span class="truncate text-muted">{alert.sentence}</span>
            </li>
          );
        })}
      </ol>
      {answer.openedCount > answer.alerts.length && (
        <p class="m-0 text-2xs text-muted">The newest {answer.alerts.length} of {answer.openedCount}.</p>
      )}
    </div>
  );
}

/** When they would have been, from left to right. */
function Strip({ answer: { alerts, fromUs, toUs } }: { answer: DryRunAnswer }) {
  const width = toUs - fromUs;
  return (
    <svg
      class="trial-strip"
      viewBox="0 0 1000 20"
      preserveAspectRatio="none"
      role="img"
      aria-label="When they would have been"
    >
      {alerts.map(({ timeUs }, at) => {
        const x = Math.round(1000 * (timeUs - fromUs) / width);
        return <path key={at} d={`M${x} 2V18`} />;
      })}
    </svg>
  );
}

const times = (count: number): string => count === 1 ? "once" : `${count.toLocaleString("en")} times`;
const spanText = (hours: number): string => hours % 24 === 0 && hours > 24 ? `${hours / 24} days` : `${hours} h`;

/** The span that was looked at, where that is less than was asked for. */
function coveredText({ fromUs, toUs }: DryRunAnswer): string {
  const hours = (toUs - fromUs) / US_PER_HOUR;
  if (Math.abs(hours - 1) < 0.01) return "the last hour";
  const whole = Math.abs(hours - Math.round(hours)) < 0.01;
  return whole
    ? `the last ${spanText(Math.round(hours))}`
    : `the last ${hours.toFixed(1)} h, all that could be gone through`;
}
