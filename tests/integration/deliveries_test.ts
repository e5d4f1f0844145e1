import assert from "node:assert/strict";
import { jetstream } from "@nats-io/jetstream";
import { connectNats } from "../../actors/adapters/nats.ts";
import {
  Alert,
  anomalySubject,
  type Pair,
  Random,
  type RoutesAnswer,
  type RouteTestAnswer,
} from "../../actors/contract/mod.ts";
import { ClickHouse } from "../../gateway/archive/mod.ts";
import { signatureOf } from "../../gateway/notify/senders/webhook.ts";
import { anomalyOf } from "../support/anomalies.ts";
import { MailServer } from "../support/mail_server.ts";
import { Stack } from "../support/stack.ts";

const ALERTS = 40;
const SECRET = `whsec_${btoa("thirty-two bytes of a test secret")}`;

interface Hook {
  readonly key: string;
  readonly alert: Alert;
}

/** A webhook that fails on a schedule: it answers no, not at all, or takes what it gets and answers no all the same. */
class HookServer implements AsyncDisposable {
  /** All that it took, whatever it answered. */
  readonly taken: Hook[] = [];
  requestCount = 0;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #wakers: (() => void)[] = [];

  constructor() {
    this.#server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => this.#answer(request));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/hook`;
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#wakers.push(resolve));
  }

  async #answer(request: Request): Promise<Response> {
    const body = await request.text();
    const [id, timestamp] = [request.headers.get("webhook-id")!, request.headers.get("webhook-timestamp")!];
    const signed = signatureOf({ secret: SECRET, id, timestamp, body });
    assert.equal(request.headers.get("webhook-signature"), signed);
    switch (this.requestCount++ % 7) {
      case 1:
        return new Response("busy", { status: 503 });
      case 3:
        return await new Promise(() => {});
      case 5:
        this.#take(id, body);
        return new Response("taken, and not", { status: 500 });
    }
    this.#take(id, body);
    return new Response("taken");
  }

  #take(key: string, body: string): void {
    this.taken.push({ key, alert: Alert.parse(JSON.parse(body)) });
    for (const wake of this.#wakers.splice(0)) wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Some of its answers never come.
    await Promise.race([this.#server.shutdown(), new Promise((resolve) => setTimeout(resolve, 100))]);
  }
}

Deno.test({
  name: "every alert reaches its routes, whatever is killed and fails; what comes twice has one key",
  // The webhook leaves some of its requests unanswered.
  sanitizeOps: false,
  sanitizeResources: false,
}, async (t) => {
  const seed = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 1e9));
  console.log(`    seed ${seed}`);
  const random = new Random(seed);
  await using hooks = new HookServer();
  let mailNumber = 0;
  await using mails = await MailServer.start({
    refuse: () =>
      mailNumber++ % 4 === 1 ? { status: 451, at: mailNumber % 8 === 2 ? "recipient" : "content" } : undefined,
  });
  const file = await Deno.makeTempFile({ suffix: ".json" });
  const mail = { type: "email", host: "127.0.0.1", port: mails.port, tls: "off", from: "fx@example.com" };
  await Deno.writeTextFile(
    file,
    JSON.stringify({
      hook: {
        type: "webhook",
        url: hooks.url,
        secret: "${HOOK_SECRET}",
        allowPrivate: true,
        timeoutS: 1,
        states: ["open"],
      },
      mail: { ...mail, to: ["desk@example.com"], states: ["open"], subject: "{{id}}" },
      nobody: { type: "slack", url: "http://127.0.0.1:9/services/KEY", allowPrivate: true },
      inside: { type: "teams", url: hooks.url },
      desk: { type: "nats", subject: "desk.alerts", states: ["open"] },
    }),
  );
  const ruleFile = await Deno.makeTempFile({ suffix: ".json" });
  const rule = { v: 1, when: { of: "case" }, rateMax: 1_000, coolDownS: 0 };
  await Deno.writeTextFile(ruleFile, JSON.stringify({ default: rule }));
  await using stack = await Stack.start({
    pairs: "EURUSD",
    roles: ["clickhouse", "actors", "gateway"],
    env: { ALERT_ROUTES_FILE: file, ALERT_RULES_FILE: ruleFile, HOOK_SECRET: SECRET },
  });
  const nc = await connectNats({ url: stack.nats.url, name: "test" });
  const heard = new Set<string>();
  nc.subscribe("desk.alerts", { callback: (_error, message) => void heard.add(message.json<Alert>().id) });
  const js = jetstream(nc);
  // Routes begin where they are told of first.
  await stack.until<RoutesAnswer>("/api/routes", ({ followed }) => followed);
  const { nodes } = await stack.until<{ nodes: { tasks?: unknown[] }[]; tasks: { name: string; owner?: string }[] }>(
    "/api/cluster",
    ({ tasks }) => tasks.filter(({ name, owner }) => name.startsWith("notify.") && owner !== undefined).length === 5,
  );
  assert(nodes.length > 0);

  await t.step(`${ALERTS} alerts, while the alert actor and the gateway are killed`, async () => {
    const kills = new Map(
      Array.from({ length: 6 }, (_, i) => [4 + 6 * i + random.below(6), i % 2 ? "actors" : "gateway"]),
    );
    for (let i = 0; i < ALERTS; i++) {
      const anomaly = { ...anomalyOf({ startS: i, endS: i + 1, phase: "open" }), id: `c${i}`, kind: `kind-${i}` };
      await js.publish(anomalySubject(anomaly.pair as Pair, anomaly.kind), JSON.stringify(anomaly), {
        msgID: `test-${i}`,
      });
      const role = kills.get(i) as "actors" | "gateway" | undefined;
      if (role === undefined) continue;
      await stack.kill(role);
      await stack.start(role);
    }
    const ids = () => new Set(hooks.taken.map(({ alert }) => alert.id));
    await hooks.until(() => ids().size >= ALERTS);
    await mails.until((mails) => new Set(mails.map(({ subject }) => subject)).size >= ALERTS);
    assert.deepEqual([...ids()].sort(), [...new Set(mails.mails.map(({ subject }) => subject))].sort());
    assert.equal(heard.size, ALERTS);
    const keysOf = new Map<string, Set<string>>();
    for (const { key, alert } of hooks.taken) keysOf.set(alert.id, (keysOf.get(alert.id) ?? new Set()).add(key));
    assert([...keysOf.values()].every((keys) => keys.size === 1));
    assert.equal(new Set(hooks.taken.map(({ key }) => key)).size, ALERTS);
    const mailKeys = new Map(mails.mails.map(({ subject, messageId }) => [subject, messageId]));
    assert(mails.mails.every(({ subject, messageId }) => mailKeys.get(subject) === messageId));
    console.log(
      `    ${ALERTS} alerts: ${hooks.requestCount} requests, ${hooks.taken.length} taken by the webhook, ` +
        `${mails.mails.length} mails taken of ${mailNumber}`,
    );
  });

  await t.step("routes that fail are told, with the reason and without their keys; the others are well", async () => {
    const { routes } = await stack.until<RoutesAnswer>(
      "/api/routes",
      ({ routes }) => routes.find(({ name }) => name === "hook")!.deliveredCount === ALERTS,
    );
    const of = (name: string) => routes.find((route) => route.name === name)!;
    assert.deepEqual([of("hook").state, of("mail").state, of("nobody").state, of("inside").state], [
      "delivering",
      "delivering",
      "failing",
      "failing",
    ]);
    assert.deepEqual([of("nobody").fault?.code, of("inside").fault?.code], ["unreachable", "private-address"]);
    assert.deepEqual([of("inside").deliveredCount, of("nobody").retryingCount > 0], [0, true]);
    assert(!JSON.stringify(routes).includes("KEY") && !stack.log.some((line) => line.includes(SECRET)));
  });

  await t.step("a route can be tried", async () => {
    const send = async (name: string) =>
      await (await fetch(`${stack.url}/api/routes/${name}/test`, { method: "POST" })).json() as RouteTestAnswer;
    const before = mails.mails.length;
    // The server refuses one of four.
    const answers = [await send("mail"), await send("mail")];
    assert(answers.some(({ delivered }) => delivered) && mails.mails.length > before);
    assert.equal((await send("nobody")).fault?.code, "unreachable");
  });

  await t.step("ClickHouse has every attempt", async () => {
    const clickhouse = new ClickHouse({ url: stack.clickhouseUrl, username: "default", password: "", database: "fx" });
    for (;;) {
      const { n, keys, retried } = await clickhouse.columns<{ n: number[]; keys: number[]; retried: number[] }>(
        `SELECT countIf(state = 'delivered') AS n, uniqExactIf(key, state = 'delivered') AS keys,
           countIf(state = 'retrying') AS retried FROM deliveries WHERE route = 'hook'`,
      );
      if (n[0]! >= ALERTS) {
        assert.equal(keys[0], ALERTS);
        assert(retried[0]! > 0);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await clickhouse.close();
  });
  await nc.close();
  await Deno.remove(file);
  await Deno.remove(ruleFile);
});
