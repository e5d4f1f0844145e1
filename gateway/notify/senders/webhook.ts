/**
 * A webhook of one's own: the alert as JSON, or a template, signed as Standard Webhooks 1.0 say.
 *
 * `webhook-signature` is `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body` under the secret: whose base64 follows `whsec_`, or
 * which is any text. `webhook-id` and `Idempotency-Key` are the same in every attempt; the timestamp, seconds, is that of the attempt.
 *
 * @module
 */
import { createHmac } from "node:crypto";
import { Buffer } from "node:buffer";
import type { AlertRouteOf } from "../../../actors/contract/mod.ts";
import { wordsOf } from "../alert_words.ts";
import { Template } from "../template.ts";
import type { HttpRequest, RequestMaker } from "./http_sender.ts";

export function webhook({ url, secret, headers, template: text }: AlertRouteOf<"webhook">): RequestMaker {
  const template = text === undefined ? undefined : new Template(text, "json");
  const isJson = text === undefined || /^\s*[{[]/.test(text);
  return ({ alert, key }, { pageUrl, nowMs }): HttpRequest => {
    const body = template === undefined ? JSON.stringify(alert) : template.render(wordsOf(alert, { pageUrl }));
    const timestamp = String(Math.floor(nowMs / 1_000));
    return {
      url,
      body,
      headers: {
        "content-type": isJson ? "application/json" : "text/plain; charset=utf-8",
        ...headers,
        "idempotency-key": key,
        "webhook-id": key,
        "webhook-timestamp": timestamp,
        ...(secret !== undefined && { "webhook-signature": signatureOf({ secret, id: key, timestamp, body }) }),
      },
    };
  };
}

export function signatureOf(
  { secret, id, timestamp, body }: { secret: string; id: string; timestamp: string; body: string },
): string {
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : Buffer.from(secret);
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}
