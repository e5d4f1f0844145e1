/**
 * Incoming webhooks of Slack, and of what speaks as it does (Mattermost, Rocket.Chat, Discord under `/slack`).
 *
 * @module
 */
import type { AlertRouteOf, Severity } from "../../../actors/contract/mod.ts";
import { titleOf, wordsOf } from "../alert_words.ts";
import { ESCAPES, Template } from "../template.ts";
import type { HttpRequest, RequestMaker } from "./http_sender.ts";

const COLOURS: Readonly<Record<Severity, string>> = { info: "#4a90d9", warning: "#e0a100", critical: "#d0342c" };
const RESOLVED_COLOUR = "#2e9e5b";

export function slack({ url, channel, template: text }: AlertRouteOf<"slack">): RequestMaker {
  const template = text === undefined ? undefined : new Template(text, "slack");
  return ({ alert, key }, { pageUrl }): HttpRequest => {
    const words = wordsOf(alert, { pageUrl });
    const title = titleOf(words);
    const attachment = {
      color: words.isResolved ? RESOLVED_COLOUR : COLOURS[alert.severity],
      fallback: ESCAPES.slack(`${title}. ${words.sentence}`),
      title: ESCAPES.slack(title),
      ...(words.link !== "" && { title_link: words.link }),
      text: ESCAPES.slack([words.sentence, words.comment].filter((line) => line !== "").join("\n")),
      footer: ESCAPES.slack(`rule ${words.rule}, score ${words.score}, ×${words.count}`),
      ts: Math.floor(alert.timeUs / 1e6),
    };
    return {
      url,
      body: JSON.stringify({
        ...(channel !== undefined && { channel }),
        ...(template === undefined ? { attachments: [attachment] } : { text: template.render(words) }),
      }),
      headers: { "content-type": "application/json", "idempotency-key": key },
    };
  };
}
