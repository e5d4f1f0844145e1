/**
 * Messages by a bot of Telegram (`sendMessage`), plain text.
 *
 * @module
 */
import type { AlertRouteOf } from "../../../actors/contract/mod.ts";
import { textOf, wordsOf } from "../alert_words.ts";
import { Template } from "../template.ts";
import type { HttpRequest, RequestMaker } from "./http_sender.ts";

/** Longest text that Telegram takes. */
const TEXT_CHARS_MAX = 4_096;

export function telegram({ url, token, chatId, template: text }: AlertRouteOf<"telegram">): RequestMaker {
  const template = text === undefined ? undefined : new Template(text);
  return ({ alert, key }, { pageUrl }): HttpRequest => {
    const words = wordsOf(alert, { pageUrl });
    return {
      url: `${url.replace(/\/$/, "")}/bot${token}/sendMessage`,
      body: JSON.stringify({
        chat_id: chatId,
        text: (template?.render(words) ?? textOf(words)).slice(0, TEXT_CHARS_MAX),
        link_preview_options: { is_disabled: true },
      }),
      headers: { "content-type": "application/json", "idempotency-key": key },
    };
  };
}
