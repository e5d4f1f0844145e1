/**
 * PagerDuty Events API v2: an alert is one incident under its id, acknowledged and resolved with it.
 *
 * @module
 */
import type { AlertRouteOf } from "../../../actors/contract/mod.ts";
import { titleOf, wordsOf } from "../alert_words.ts";
import { Template } from "../template.ts";
import type { HttpRequest, RequestMaker } from "./http_sender.ts";

/** Longest summary that PagerDuty takes. */
const SUMMARY_CHARS_MAX = 1_024;

export function pagerduty({ url, routingKey, template: text }: AlertRouteOf<"pagerduty">): RequestMaker {
  const template = text === undefined ? undefined : new Template(text);
  return ({ alert, key }, { pageUrl }): HttpRequest => {
    const words = wordsOf(alert, { pageUrl });
    const { state, severity, pair, kind, rule, score, count, anomalyId, sentence, assignee, comment } = alert;
    const summary = template?.render(words) ?? `${titleOf(words)}. ${sentence}`;
    return {
      url,
      body: JSON.stringify({
        routing_key: routingKey,
        event_action: state === "resolved" ? "resolve" : state === "acknowledged" ? "acknowledge" : "trigger",
        dedup_key: alert.id,
        client: "FX Market Microstructure Monitor",
        ...(words.link !== "" && { client_url: words.link, links: [{ href: words.link, text: "Open the alert" }] }),
        payload: {
          summary: summary.slice(0, SUMMARY_CHARS_MAX),
          source: pair,
          severity,
          timestamp: words.time,
          component: pair,
          group: rule,
          class: kind,
          custom_details: { score, count, case: anomalyId, opened: words.opened, assignee, comment },
        },
      }),
      headers: { "content-type": "application/json", "idempotency-key": key },
    };
  };
}
