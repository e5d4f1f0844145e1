/**
 * Routes: where alerts are sent, as a file or the environment says it.
 *
 * Texts may hold `${NAME}`, which stands for a variable of the environment, so that keys need not lie in the file.
 *
 * @module
 */
import { z } from "zod";
import { AlertState, Severity } from "./alert.ts";
import { AlertRuleName } from "./alert_rule.ts";

/** Routes at a time. */
export const ALERT_ROUTES_MAX = 32;
/** States of an alert that are sent where a route names none. */
export const ROUTE_STATES = ["open", "updated", "escalated", "resolved"] as const satisfies readonly AlertState[];
/** Characters of a template. */
export const TEMPLATE_CHARS_MAX = 4_000;

const text = z.string().min(1).max(2_000);
const url = (...schemes: string[]) =>
  z.string().max(2_000).refine(
    (value) => URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1)),
    `expected a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`,
  );
const address = z.string().max(254).regex(/^[^\s@<>]+@[^\s@<>]+$/, "expected an address such as desk@example.com");

/** What every route has. */
const common = {
  severityMin: Severity.default("info").describe("Alerts below it are not sent"),
  states: z.array(AlertState).min(1).default([...ROUTE_STATES]).describe("What is sent of an alert's life"),
  byDefault: z.boolean().default(true).describe("Also takes alerts of rules that name no route"),
  template: z.string().min(1).max(TEMPLATE_CHARS_MAX).optional().describe("Mustache; the usual words where left out"),
  timeoutS: z.number().min(1).max(60).default(10).describe("Longest that one attempt may take"),
  giveUpHours: z.number().min(0.01).max(24 * 7).default(24).describe("An alert that is older is not tried again"),
};
/** What every route over HTTP has. */
const http = {
  ...common,
  allowPrivate: z.boolean().default(false).describe(
    "Whether the host may lie at a private, loopback or link-local address",
  ),
};

export const AlertRoute = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("webhook"),
    url: url("https", "http"),
    secret: text.optional().describe("Signs what is sent, as Standard Webhooks do: whsec_ and base64, or any text"),
    headers: z.record(z.string().regex(/^[A-Za-z0-9-]{1,64}$/), text).optional(),
    ...http,
  }),
  z.strictObject({ type: z.literal("slack"), url: url("https", "http"), channel: text.optional(), ...http }),
  z.strictObject({ type: z.literal("teams"), url: url("https", "http"), ...http }),
  z.strictObject({
    type: z.literal("pagerduty"),
    routingKey: text,
    url: url("https", "http").default("https://events.pagerduty.com/v2/enqueue"),
    ...http,
    states: z.array(AlertState).min(1).default([...ROUTE_STATES, "acknowledged"]),
  }),
  z.strictObject({
    type: z.literal("telegram"),
    token: text,
    chatId: z.union([text, z.int()]),
    url: url("https", "http").default("https://api.telegram.org"),
    ...http,
  }),
  z.strictObject({
    type: z.literal("email"),
    host: text,
    port: z.int().min(1).max(65_535).optional().describe("465 with tls: always, 587 elsewhere"),
    tls: z.enum(["always", "starttls", "off"]).default("starttls").describe(
      "off sends in clear: for a relay of one's own",
    ),
    user: text.optional(),
    password: text.optional(),
    from: address,
    to: z.array(address).min(1).max(50),
    subject: z.string().min(1).max(300).optional().describe("Mustache"),
    ...common,
  }),
  z.strictObject({
    type: z.literal("nats"),
    subject: z.string().max(256).regex(
      /^(?!fx\.|\$)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/,
      "expected a subject outside fx",
    ),
    ...common,
  }),
  z.strictObject({ type: z.literal("log"), ...common }),
]).meta({ id: "AlertRoute", title: "Where alerts are sent" });
export type AlertRoute = z.infer<typeof AlertRoute>;
export type AlertRouteOf<Type extends AlertRoute["type"]> = Extract<AlertRoute, { type: Type }>;

/** Routes by name. */
export const AlertRoutes = z.record(AlertRuleName, AlertRoute).refine(
  (routes) => Object.keys(routes).length <= ALERT_ROUTES_MAX,
  `expected at most ${ALERT_ROUTES_MAX} routes`,
).meta({ id: "AlertRoutes", title: "Where alerts are sent, by name" });
export type AlertRoutes = z.infer<typeof AlertRoutes>;
