/**
 * What sends alerts on, one for each kind of route.
 *
 * @module
 */
import type { AlertRoute, LogLevel, Severity } from "../../../actors/contract/mod.ts";
import { wordsOf } from "../alert_words.ts";
import { httpPost, type Post } from "../http_post.ts";
import type { Outgoing, Sender } from "../sender.ts";
import { Template } from "../template.ts";
import { EmailSender } from "./email.ts";
import { HttpSender, type RequestMaker } from "./http_sender.ts";
import { pagerduty } from "./pagerduty.ts";
import { slack } from "./slack.ts";
import { teams } from "./teams.ts";
import { telegram } from "./telegram.ts";
import { webhook } from "./webhook.ts";

export interface SenderDeps {
  /** Where people open the page. */
  pageUrl: string | undefined;
  /** Authorities to trust beside the usual ones, PEM. */
  caCertificates: readonly string[] | undefined;
  nowMs: () => number;
  /** Publishes on a subject; resolves when the server has it. */
  publish: (subject: string, payload: string, key: string) => Promise<void>;
  logLine: (level: LogLevel, message: string) => void;
  /** @default {httpPost} */
  post?: Post;
}

type HttpRoute = Extract<AlertRoute, { allowPrivate: boolean }>;

/** @throws {TemplateError} where the route's template cannot be used. */
export function senderOf(route: AlertRoute, deps: SenderDeps): Sender {
  const overHttp = (make: RequestMaker, { url, allowPrivate }: HttpRoute, ...secrets: (string | undefined)[]) =>
    new HttpSender(make, { ...deps, post: deps.post ?? httpPost, url, allowPrivate, secrets });
  switch (route.type) {
    case "webhook":
      return overHttp(webhook(route), route, route.secret, ...Object.values(route.headers ?? {}));
    case "slack":
      return overHttp(slack(route), route);
    case "teams":
      return overHttp(teams(route), route);
    case "pagerduty":
      return overHttp(pagerduty(route), route, route.routingKey);
    case "telegram":
      return overHttp(telegram(route), route, route.token);
    case "email":
      return new EmailSender(route, deps);
    case "nats":
      return plain(route, `subject ${route.subject}`, (text, { key }) => deps.publish(route.subject, text, key));
    case "log":
      return plain({ ...route, template: route.template ?? LOG_TEMPLATE }, "the gateway's log", (text, { alert }) => {
        deps.logLine(LEVELS[alert.severity], text);
        return Promise.resolve();
      });
  }

  function plain(
    { template: text, type }: Extract<AlertRoute, { type: "nats" | "log" }>,
    target: string,
    send: (text: string, message: Outgoing) => Promise<void>,
  ): Sender {
    const template = text === undefined ? undefined : new Template(text, type === "nats" ? "json" : "plain");
    const textFor = ({ alert }: Outgoing) => template?.render(wordsOf(alert, deps)) ?? JSON.stringify(alert);
    return {
      target,
      send: (message, signal) => Promise.race([send(textFor(message), message), rejectedBy(signal)]),
      close() {},
    };
  }
}

const LOG_TEMPLATE = "alert {{state}}: {{severity}} {{pair}} {{what}}, {{sentence}} ({{id}})";
const LEVELS: Readonly<Record<Severity, LogLevel>> = { info: "info", warning: "warn", critical: "error" };

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}
