/**
 * How people judged the alerts of the last month: what share of those that somebody called true or false was true.
 *
 * @module
 */
import type { PrecisionAnswer } from "../../actors/contract/alert_api.ts";
import { alertTitle } from "../model/alert_state.ts";

const percent = (share: number) => `${Math.round(share * 100)} %`;

export function PrecisionTable({ answer }: { answer: PrecisionAnswer | undefined }) {
  const judged = answer?.groups.filter(({ trueCount, falseCount, unsureCount }) =>
    trueCount + falseCount + unsureCount > 0
  );
  return (
    <div data-testid="precision">
      <h3 class="px-3 pb-1 pt-3 font-semibold">What people said of alerts, 30 days</h3>
      {judged === undefined || judged.length === 0
        ? (
          <p class="m-0 px-3 pb-3 text-2xs text-muted">
            {judged === undefined
              ? "Asking …"
              : "Nobody has judged one yet. Each alert asks: was it so? The answers make the precision of its detector."}
          </p>
        )
        : (
          <table class="precision-table text-2xs">
            <thead class="text-muted">
              <tr>
                <th scope="col" class="text-left">Detector</th>
                <th scope="col">Alerts</th>
                <th scope="col">True</th>
                <th scope="col">False</th>
                <th scope="col">Unsure</th>
                <th scope="col">Precision</th>
                <th scope="col" title="Wilson's interval">95 % between</th>
              </tr>
            </thead>
            <tbody>
              {judged.map((group) => (
                <tr key={group.name} data-testid={`precision-${group.name}`}>
                  <th scope="row" class="text-left">{alertTitle({ kind: group.name })}</th>
                  <td>{group.alertCount}</td>
                  <td>{group.trueCount}</td>
                  <td>{group.falseCount}</td>
                  <td>{group.unsureCount}</td>
                  <td class="font-semibold">{group.precision === undefined ? "–" : percent(group.precision)}</td>
                  <td class="text-muted">
                    {group.precisionLow === undefined || group.precisionHigh === undefined
                      ? "–"
                      : `${percent(group.precisionLow)} and ${percent(group.precisionHigh)}`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
    </div>
  );
}
