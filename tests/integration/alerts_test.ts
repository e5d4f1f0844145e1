import assert from "node:assert/strict";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { connectNats } from "../../actors/adapters/nats.ts";
import {
  Alert,
  type AlertsAnswer,
  type Anomaly,
  anomalySubject,
  BUCKETS,
  COMMAND_SUBJECT,
  type Pair,
  SNAPSHOT_STORE,
  STREAMS,
} from "../../actors/contract/mod.ts";
import { ClickHouse } from "../../gateway/archive/mod.ts";
import { anomalyOf } from "../support/anomalies.ts";
import { Stack } from "../support/stack.ts";

/** Reads lines of the raw protocol, as a client in any language. */
class RawSubscriber implements AsyncDisposable {
  readonly #connection: Deno.TcpConn;
  readonly messages: { subject: string; alert: Alert }[] = [];
  readonly #ended: Promise<void>;
  #wake = () => {};

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
    this.#ended = this.#read();
  }

  static async open(port: number, subject: string): Promise<RawSubscriber> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode(`CONNECT {"verbose":false}\r\nSUB ${subject} 1\r\nPING\r\n`));
    return new RawSubscriber(connection);
  }

  async until(holds: (alerts: Alert[]) => boolean): Promise<Alert[]> {
    for (;;) {
      const alerts = this.messages.map(({ alert }) => alert);
      if (holds(alerts)) return alerts;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(256 * 1024);
    let text = "";
    for (;;) {
      const count = await this.#connection.read(buffer).catch(() => null);
      if (count === null) return;
      text += decoder.decode(buffer.subarray(0, count), { stream: true });
      // The payload of an alert is one line of JSON in ASCII here, so lines are enough to read the protocol.
      for (let at = text.indexOf("\r\n"); at >= 0; at = text.indexOf("\r\n")) {
        const [, subject] = /^MSG (\S+) 1 (?:\S+ )?\d+$/.exec(text.slice(0, at)) ?? [];
        const end = subject === undefined ? at : text.indexOf("\r\n", at + 2);
        if (end < 0) break;
        if (subject !== undefined) {
          this.messages.push({ subject, alert: Alert.parse(JSON.parse(text.slice(at + 2, end))) });
          this.#wake();
        } else if (text.startsWith("PING")) await this.#connection.write(new TextEncoder().encode("PONG\r\n"));
        text = text.slice(end + 2);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
    await this.#ended;
  }
}

Deno.test("cases become alerts that any client reads; rules and what people do take effect while it runs", async (t) => {
  await using stack = await Stack.start({ pairs: "EURUSD", roles: ["actors"] });
  await using reader = await RawSubscriber.open(stack.nats.port, "fx.alert.>");
  const nc = await connectNats({ url: stack.nats.url, name: "test" });
  const js = jetstream(nc);
  const rules = await new Kvm(nc).open(BUCKETS.rules.name);
  let number = 0;
  const publish = (anomaly: Anomaly) =>
    js.publish(anomalySubject(anomaly.pair as Pair, anomaly.kind), JSON.stringify(anomaly), {
      msgID: `test-${++number}`,
    });
  const caseOf = (id: string, more: Partial<Anomaly> = {}): Anomaly => ({
    ...anomalyOf({ startS: number, endS: number + 1, phase: "open" }),
    id,
    severity: "warning",
    ...more,
  });

  await t.step("a case opens an alert, and resolves it when it closes and there is no cool-down", async () => {
    await rules.put(
      "default",
      JSON.stringify({ v: 1, when: { of: "case", severityMin: "warning" }, coolDownS: 0, rateMax: 1_000 }),
    );
    await publish(caseOf("a"));
    const [open] = await reader.until((alerts) => alerts.length === 1);
    assert.deepEqual([open!.state, open!.rule, open!.severity, open!.anomalyId], ["open", "default", "warning", "a"]);
    assert.equal(reader.messages[0]!.subject, `fx.alert.warning.EURUSD.${open!.kind}`);
    await publish(caseOf("a", { phase: "close" }));
    const alerts = await reader.until((alerts) => alerts.length === 2);
    assert.deepEqual([alerts[1]!.id, alerts[1]!.state], [open!.id, "resolved"]);
  });

  await t.step("a rule in the bucket takes effect at once; nonsense there changes nothing", async () => {
    await rules.put(
      "spoofers",
      JSON.stringify({ v: 1, when: { of: "case", kinds: ["spoofing"] }, severity: "critical" }),
    );
    await rules.put("broken", "{");
    await rules.put("default", JSON.stringify({ v: 1, when: { of: "nothing" } }));
    await publish(caseOf("b", { kind: "spoofing", severity: "info" }));
    const alerts = await reader.until((alerts) => alerts.length === 3);
    assert.deepEqual([alerts[2]!.rule, alerts[2]!.severity], ["spoofers", "critical"]);
    await rules.delete("spoofers");
    await publish(caseOf("c", { kind: "spoofing", severity: "info", pair: "USDJPY" }));
    await publish(caseOf("d", { kind: "layering", severity: "warning" }));
    const later = await reader.until((alerts) => alerts.length === 4);
    assert.deepEqual([later[3]!.rule, later[3]!.kind], ["default", "layering"]);
  });

  await t.step("two who acknowledge at once are one acknowledgement", async () => {
    const { id } = reader.messages[3]!.alert;
    const command = (by: string) => JSON.stringify({ v: 1, id, action: "acknowledge", by });
    await Promise.all([js.publish(COMMAND_SUBJECT, command("ann")), js.publish(COMMAND_SUBJECT, command("bob"))]);
    await js.publish(COMMAND_SUBJECT, JSON.stringify({ v: 1, id, action: "comment", by: "bob", comment: "seen" }));
    const alerts = await reader.until((alerts) => alerts.at(-1)?.state === "commented");
    assert.deepEqual(alerts.slice(4).map(({ state }) => state), ["acknowledged", "commented"]);
    assert.match(alerts[4]!.by!, /ann|bob/);
  });

  await t.step("killed at any point, it tells every alert once", async () => {
    const before = reader.messages.length;
    for (let i = 0; i < 12; i++) {
      await publish(caseOf(`k${i}`, { kind: `made-up-${i}` }));
      if (i % 4 === 1) {
        await stack.kill("actors");
        await stack.start("actors");
      }
    }
    const alerts = (await reader.until((alerts) => alerts.length >= before + 12)).slice(before);
    assert.deepEqual(
      alerts.map(({ anomalyId }) => anomalyId).sort(),
      Array.from({ length: 12 }, (_, i) => `k${i}`).sort(),
    );
  });
  await t.step("a rule outlives the log of signals and the snapshots", async () => {
    await rules.put(
      "lasting",
      JSON.stringify({ v: 1, when: { of: "case", kinds: ["lasting"] }, severity: "critical" }),
    );
    await stack.kill("actors");
    const manager = await jetstreamManager(nc);
    await manager.streams.purge(STREAMS.signals.name);
    await manager.streams.purge(`OBJ_${SNAPSHOT_STORE}`);
    await stack.start("actors");
    const before = reader.messages.length;
    // The rule is back when a case of its kind is told under its name.
    const asking = setInterval(() => void publish(caseOf(`l${number}`, { kind: "lasting", severity: "info" })), 100);
    const alerts = await reader.until((alerts) => alerts.slice(before).some(({ rule }) => rule === "lasting"));
    clearInterval(asking);
    assert.equal(alerts.findLast(({ rule }) => rule === "lasting")!.severity, "critical");
  });

  await t.step("over HTTP: the inbox, an acknowledgement, a rule and who wrote it", async () => {
    await stack.start("clickhouse");
    await stack.start("gateway");
    const before = reader.messages.length;
    const { alerts } = await stack.until<AlertsAnswer>("/api/alerts", ({ alerts }) => alerts.length >= 12);
    const { id } = alerts.find(({ state }) => state === "open")!;
    const send = (method: string, path: string, value: unknown) =>
      fetch(`${stack.url}${path}`, {
        method,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(value),
      });
    const done = await send("POST", `/api/alerts/${id}`, { action: "acknowledge", by: "carol" });
    assert.equal(done.status, 202);
    await done.body?.cancel();
    const told = await reader.until((alerts) => alerts.length > before);
    assert.deepEqual([told.at(-1)!.id, told.at(-1)!.state, told.at(-1)!.by], [id, "acknowledged", "carol"]);
    const rule = { v: 1, by: "carol", when: { of: "case", kinds: ["from-http"] }, severity: "critical" };
    await (await send("PUT", "/api/rules/from-http", rule)).body?.cancel();
    await publish(caseOf("http", { kind: "from-http", severity: "info" }));
    const raised = await reader.until((alerts) => alerts.at(-1)?.rule === "from-http");
    assert.equal(raised.at(-1)!.severity, "critical");
    const put = (by: string, after: number) =>
      fetch(`${stack.url}/api/rules/shared`, {
        method: "PUT",
        headers: { "content-type": "application/json", "if-match": String(after) },
        body: JSON.stringify({ ...rule, by }),
      });
    const first = await put("ann", 0);
    const { revision } = await first.json() as { revision: number };
    const statuses = await Promise.all(["ann", "bob", "carol"].map(async (by) => {
      const { status, body } = await put(by, revision);
      await body?.cancel();
      return status;
    }));
    assert.deepEqual([first.status, ...statuses.sort()], [200, 200, 412, 412]);
    const { versions } = await stack.get<{ versions: { text: string }[] }>("/api/rules/from-http/versions");
    assert.equal(JSON.parse(versions[0]!.text).by, "carol");
  });

  await t.step("the audit log in ClickHouse says who did what", async () => {
    const clickhouse = new ClickHouse({ url: stack.clickhouseUrl, username: "default", password: "", database: "fx" });
    for (;;) {
      const found = await clickhouse.columns<{ state: string[]; person: string[] }>(
        "SELECT state, person FROM alerts WHERE person != '' ORDER BY seq",
      ).catch(() => ({ state: [], person: [] as string[] }));
      if (found.person.includes("carol")) {
        assert.deepEqual(found.state, ["acknowledged", "commented", "acknowledged"]);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await clickhouse.close();
  });
  await nc.close();
});
