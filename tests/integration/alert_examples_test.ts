import assert from "node:assert/strict";
import { wsconnect } from "@nats-io/nats-core";
import { AlertRoute, AlertRule, alertSubject, ALL_ALERTS } from "../../actors/contract/mod.ts";
import { connectNats } from "../../actors/adapters/nats.ts";
import { readRoutes } from "../../gateway/notify/mod.ts";
import { exampleAlert } from "../../gateway/notify/alert_words.ts";
import { signatureOf } from "../../gateway/notify/senders/webhook.ts";
import { testNats } from "../support/nats.ts";

const docs = (name: string) => Deno.readTextFileSync(new URL(`../../docs/${name}`, import.meta.url));

/** Blocks of a language that docs/ALERTS.md marks as read or run by the tests. */
function examples(language: string): string[] {
  const pattern = new RegExp(
    `<!-- The tests \\w+ this example\\. -->\\s*\`\`\`${language}\\n([^\`]*(?:\`[^\`]+)*?)\`\`\`\\n`,
    "g",
  );
  return [...docs("ALERTS.md").matchAll(pattern)].map(([, text]) => text!);
}

Deno.test("the rules and routes of docs/ALERTS.md are rules and routes", () => {
  const [rules, routes] = examples("json");
  for (const [name, rule] of Object.entries(JSON.parse(rules!))) assert(AlertRule.safeParse(rule).success, name);
  const env = Object.fromEntries(
    [...routes!.matchAll(/\$\{(\w+)\}/g)].map((
      [, name],
    ) => [name!, name === "TEAMS_URL" ? "https://t.example" : "key"]),
  );
  const open = readRoutes(routes!, { source: "docs/ALERTS.md", env }, {
    pageUrl: undefined,
    caCertificates: undefined,
    nowMs: () => 0,
    publish: () => Promise.resolve(),
    logLine: () => {},
  });
  assert.deepEqual(
    open.map(({ route: { type } }) => type).sort(),
    AlertRoute.options.map((option) => option.shape.type.value as string).sort(),
  );
});

Deno.test("the verification of docs/ALERTS.md verifies what a webhook is sent", async () => {
  const [text] = examples("ts");
  const source = `import { Buffer } from "node:buffer";\n${text!.replace("function", "export function")}`;
  const { isSigned } = await import(`data:application/typescript,${encodeURIComponent(source)}`);
  const secret = `whsec_${btoa("thirty-two bytes of a test secret")}`;
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const body = '{"a":"é"}';
  const headers = (more: Record<string, string> = {}) =>
    new Headers({
      "webhook-id": "k",
      "webhook-timestamp": timestamp,
      "webhook-signature": signatureOf({ secret, id: "k", timestamp, body }),
      ...more,
    });
  assert.equal(isSigned(body, headers(), secret), true);
  assert.equal(isSigned(`${body} `, headers(), secret), false);
  assert.equal(isSigned(body, headers({ "webhook-id": "other" }), secret), false);
  assert.equal(isSigned(body, headers({ "webhook-timestamp": "1" }), secret), false);
});

Deno.test("a browser's client hears alerts through the websocket that nats.conf can open", async () => {
  const config = Deno.readTextFileSync(new URL("../../nats.conf", import.meta.url));
  const [block] = /^# websocket \{[^}]+#\s*\}$/m.exec(config.replace(/`tls \{\}`/, "tls")) ?? [];
  assert(block !== undefined);
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const file = await Deno.makeTempFile({ suffix: ".conf" });
  await Deno.writeTextFile(file, config + block.replace(/^# ?/gm, "").replace("127.0.0.1:8081", `127.0.0.1:${port}`));
  await using nats = await testNats({ configFile: file });
  // What runs in a page; without a page there is no origin to compare.
  const browser = await wsconnect({ servers: `ws://127.0.0.1:${port}` });
  const heard = new Promise<string>((resolve) =>
    browser.subscribe(ALL_ALERTS, { callback: (_error, message) => resolve(message.json<{ id: string }>().id) })
  );
  await browser.flush();
  const nc = await connectNats({ url: nats.url, name: "test" });
  const alert = exampleAlert(1e12);
  nc.publish(alertSubject("critical", "EURUSD" as never, alert.kind), JSON.stringify(alert));
  assert.equal(await heard, alert.id);
  await browser.close();
  await nc.close();
  await Deno.remove(file);
});
