/**
 * Webhooks of Microsoft Teams (Workflows, "When a Teams webhook request is received"): an adaptive card.
 *
 * @module
 */
import type { AlertRouteOf, Severity } from "../../../actors/contract/mod.ts";
import { titleOf, wordsOf } from "../alert_words.ts";
import { Template } from "../template.ts";
import type { HttpRequest, RequestMaker } from "./http_sender.ts";

const COLOURS: Readonly<Record<Severity, string>> = { info: "accent", warning: "warning", critical: "attention" };

export function teams({ url, template: text }: AlertRouteOf<"teams">): RequestMaker {
  const template = text === undefined ? undefined : new Template(text);
  return ({ alert, key }, { pageUrl }): HttpRequest => {
    const words = wordsOf(alert, { pageUrl });
    const facts = [
      ["Pair", words.label],
      ["Since", words.opened],
      ["Rule", words.rule],
      ["Score", words.score],
      ["Cases", words.count],
      ...(words.acknowledgedBy === "" ? [] : [["Acknowledged by", words.acknowledgedBy]]),
      ...(words.assignee === "" ? [] : [["Assigned to", words.assignee]]),
    ].map(([title, value]) => ({ title, value }));
    const said = template === undefined
      ? [
        textBlock(titleOf(words), {
          weight: "bolder",
          size: "medium",
          color: words.isResolved ? "good" : COLOURS[alert.severity],
        }),
        textBlock(words.sentence),
        ...(words.comment === "" ? [] : [textBlock(`${words.by}: ${words.comment}`)]),
        { type: "FactSet", facts },
      ]
      : [textBlock(template.render(words))];
    const content = {
      $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
      type: "AdaptiveCard",
      version: "1.4",
      body: said,
      ...(words.link !== "" && { actions: [{ type: "Action.OpenUrl", title: "Open", url: words.link }] }),
    };
    const attachments = [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content }];
    return {
      url,
      body: JSON.stringify({ type: "message", attachments }),
      headers: { "content-type": "application/json", "idempotency-key": key },
    };
  };
}

const textBlock = (text: string, more: Record<string, string> = {}) => ({
  type: "TextBlock",
  text,
  wrap: true,
  ...more,
});
