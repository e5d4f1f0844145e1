/**
 * Where alerts are sent, how each way does, and a message that tries one.
 *
 * @module
 */
import type { RoutesAnswer, RouteTestAnswer } from "../../actors/contract/alert_api.ts";
import { formatEventTime, zoneLabel } from "../model/event_time.ts";
import { US_PER_MS } from "../../actors/contract/units.ts";
import type { RuleClient } from "../rule_client.ts";

export function RoutesList({ client }: { client: RuleClient }) {
  const answer = client.routes.value;
  return (
    <div data-testid="routes">
      <h3 class="px-3 pb-1 pt-3 font-semibold">Routes</h3>
      {answer === undefined
        ? <p class="m-0 px-3 pb-3 text-muted">Asking for the routes …</p>
        : answer.routes.length === 0
        ? (
          <p data-testid="routes-empty" class="m-0 px-3 pb-3 text-muted">
            None is set up: alerts stand here, in NATS and in ClickHouse. A file that <code>ALERT_ROUTES_FILE</code>
            {" "}
            names sends them to Slack, Teams, mail, PagerDuty, Telegram or a webhook; docs/ALERTS.md has one to begin
            with.
          </p>
        )
        : (
          <ul class="m-0 list-none border-t border-line p-0">
            {answer.routes.map((route) => (
              <Route
                key={route.name}
                route={route}
                test={client.tests.value[route.name]}
                onTest={() => void client.test(route.name)}
              />
            ))}
          </ul>
        )}
    </div>
  );
}

interface RouteProps {
  route: RoutesAnswer["routes"][number];
  test: RouteTestAnswer | string | undefined;
  onTest: () => void;
}

function Route({ route, test, onTest }: RouteProps) {
  const { name, type, target, severityMin, byDefault, state, fault, failingSinceMs } = route;
  return (
    <li class="route-row border-b border-line" data-testid={`route-${name}`} data-state={state}>
      <span class="name font-semibold">{name}</span>
      <span class="target text-2xs text-muted" title={target}>
        {type} · {target}
        {severityMin !== "info" && ` · from ${severityMin} on`}
        {!byDefault && " · only where a rule names it"}
      </span>
      <span class="how text-2xs">
        {state === "failing"
          ? (
            <span class="text-bad">
              <span aria-hidden="true">▲</span> fails{failingSinceMs !== undefined &&
                ` since ${formatEventTime(failingSinceMs * US_PER_MS).slice(11)} ${zoneLabel()}`}
              {fault !== undefined && `: ${fault.detail}`}
            </span>
          )
          : state === "idle"
          ? <span class="text-muted">nothing sent yet</span>
          : <span class="text-muted">delivers</span>}
        <span class="text-muted">{countsText(route)}</span>
        <TestText test={test} />
      </span>
      <button type="button" class="alert-tool" disabled={test === "sending"} onClick={onTest}>Send a test</button>
    </li>
  );
}

function TestText({ test }: { test: RouteTestAnswer | string | undefined }) {
  if (test === undefined) return null;
  const [text, isBad] = typeof test === "string"
    ? [test === "sending" ? "sending a test …" : test, test !== "sending"]
    : test.delivered
    ? [`the test arrived in ${Math.round(test.tookMs)} ms`, false]
    : [`the test failed: ${test.fault?.detail ?? ""}`, true];
  return <span role="status" class={`block ${isBad ? "text-bad" : ""}`}>{text}</span>;
}

function countsText({ deliveredCount, retryingCount, refusedCount, givenUpCount }: RouteProps["route"]): string {
  const parts = [
    deliveredCount > 0 ? `${deliveredCount} delivered` : "",
    retryingCount > 0 ? `${retryingCount} tried again` : "",
    refusedCount > 0 ? `${refusedCount} refused` : "",
    givenUpCount > 0 ? `${givenUpCount} given up` : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "" : ` · ${parts.join(", ")}`;
}
