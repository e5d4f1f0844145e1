import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { type Alert, AlertRoute } from "../../../actors/contract/mod.ts";
import { exampleAlert } from "../alert_words.ts";
import type { PostOptions } from "../http_post.ts";
import { DeliveryFault, type Outgoing } from "../sender.ts";
import { senderOf } from "./mod.ts";

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5);
const alert: Alert = {
  ...exampleAlert(NOW_MS),
  id: "default-1",
  kind: "quote-stuffing",
  severity: "critical",
  sentence: "a <b> & c",
};
const outgoing = (more: Partial<Alert> = {}): Outgoing => ({
  alert: { ...alert, ...more },
  key: "k-7",
  timeMs: NOW_MS,
});
const never = new AbortController().signal;

/** Sends a message along a route, and answers what was posted, published and logged. */
async function sent(route: unknown, message = outgoing(), answer: (post: PostOptions) => void = () => {}) {
  const posts: PostOptions[] = [];
  const published: string[][] = [];
  const logged: string[][] = [];
  const sender = senderOf(AlertRoute.parse(route), {
    pageUrl: "https://page.example",
    caCertificates: undefined,
    nowMs: () => NOW_MS,
    publish: (...what) => Promise.resolve(void published.push(what)),
    logLine: (...what) => void logged.push(what),
    post: (options) => {
      posts.push(options);
      return Promise.resolve().then(() => answer(options));
    },
  });
  await sender.send(message, never);
  return { target: sender.target, posts, published, logged, json: posts.map(({ body }) => JSON.parse(body))[0] };
}

Deno.test("a webhook gets the alert as it is, signed as Standard Webhooks say", async () => {
  const secret = `whsec_${btoa("a secret of thirty-two bytes....")}`;
  const { posts: [post], json } = await sent({ type: "webhook", url: "https://example.com/hook", secret });
  assert.deepEqual(json, JSON.parse(JSON.stringify(alert)));
  const { headers, body, allowPrivate } = post!;
  assert.deepEqual([headers["webhook-id"], headers["idempotency-key"], allowPrivate], ["k-7", "k-7", false]);
  const signed = createHmac("sha256", "a secret of thirty-two bytes....").update(
    `k-7.${NOW_MS / 1_000}.${body}`,
  ).digest("base64");
  assert.equal(headers["webhook-signature"], `v1,${signed}`);
});

Deno.test("a webhook's template may be JSON or text, and its headers are sent", async () => {
  const route = { type: "webhook", url: "https://example.com/", headers: { "x-token": "abcdef" } };
  const { posts: [post], json } = await sent({ ...route, template: '{"said": "{{sentence}}"}' });
  assert.deepEqual([json, post!.headers["x-token"]], [{ said: "a <b> & c" }, "abcdef"]);
  const text = await sent({ ...route, template: '"{{kind}}"' });
  assert.match(text.posts[0]!.headers["content-type"]!, /^text\/plain/);
});

Deno.test("Slack gets an attachment in its markup, coloured by severity, or a template", async () => {
  const { json } = await sent({ type: "slack", url: "https://hooks.slack.com/services/T/B/xyz", channel: "#fx" });
  const [attachment] = json.attachments;
  assert.deepEqual(
    [json.channel, attachment.title, attachment.text, attachment.title_link, attachment.color],
    [
      "#fx",
      "Critical: EUR/USD quote stuffing",
      "a &lt;b&gt; &amp; c",
      "https://page.example/#/?alert=default-1",
      "#d0342c",
    ],
  );
  const short = await sent({ type: "slack", url: "https://a.example/x", template: "*{{what}}* {{sentence}}" });
  assert.deepEqual(short.json, { text: "*quote stuffing* a &lt;b&gt; &amp; c" });
});

Deno.test("Teams gets an adaptive card with what is known and a way to the page", async () => {
  const { json } = await sent({ type: "teams", url: "https://x.logic.azure.com/a" }, outgoing({ assignee: "ann" }));
  const [{ contentType, content }] = json.attachments;
  assert.deepEqual([json.type, contentType, content.type, content.version], [
    "message",
    "application/vnd.microsoft.card.adaptive",
    "AdaptiveCard",
    "1.4",
  ]);
  assert.equal(content.body[0].color, "attention");
  assert.deepEqual(content.body.at(-1).facts.at(-1), { title: "Assigned to", value: "ann" });
  assert.equal(content.actions[0].url, "https://page.example/#/?alert=default-1");
});

Deno.test("PagerDuty has one incident for an alert, acknowledged and resolved with it", async () => {
  const route = { type: "pagerduty", routingKey: "R0UTINGKEY" };
  const actions: string[] = [];
  for (const state of ["open", "updated", "escalated", "acknowledged", "resolved"] as const) {
    const { json, posts } = await sent(route, outgoing({ state }));
    assert.deepEqual([posts[0]!.url, json.routing_key, json.dedup_key, json.payload.severity], [
      "https://events.pagerduty.com/v2/enqueue",
      "R0UTINGKEY",
      "default-1",
      "critical",
    ]);
    actions.push(json.event_action);
  }
  assert.deepEqual(actions, ["trigger", "trigger", "trigger", "acknowledge", "resolve"]);
});

Deno.test("Telegram gets plain text, and its token is shown nowhere", async () => {
  const route = { type: "telegram", token: "123:SECRET", chatId: -100 };
  const { posts, json, target } = await sent(route);
  assert.equal(posts[0]!.url, "https://api.telegram.org/bot123:SECRET/sendMessage");
  assert.deepEqual([json.chat_id, json.text.split("\n")[0], target], [
    -100,
    "Critical: EUR/USD quote stuffing",
    "https://api.telegram.org",
  ]);
  await assert.rejects(
    sent(route, outgoing(), ({ url }) => {
      throw new DeliveryFault("auth", `no such bot: ${url}`);
    }),
    (error: DeliveryFault) => error.code === "auth" && !error.message.includes("SECRET"),
  );
});

Deno.test("a NATS subject gets the alert under its key, the log a line of its severity", async () => {
  const { published } = await sent({ type: "nats", subject: "desk.alerts" });
  assert.deepEqual(published, [["desk.alerts", JSON.stringify(alert), "k-7"]]);
  const { logged } = await sent({ type: "log" });
  assert.deepEqual(logged, [["error", "alert open: critical EURUSD quote stuffing, a <b> & c (default-1)"]]);
});
