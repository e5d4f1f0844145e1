import assert from "node:assert/strict";
import { jetstreamManager } from "@nats-io/jetstream";
import { IngestReply, STREAMS } from "../../actors/contract/mod.ts";
import { connectNats } from "../../actors/adapters/nats.ts";
import { Stack } from "../support/stack.ts";

const PAIRS = "EURUSD,USDJPY";
const nowUs = () => Date.now() * 1_000;
const quote = (more: Record<string, unknown> = {}) =>
  JSON.stringify({ kind: "quote", timeUs: nowUs(), bid: 1.1, ask: 1.1001, ...more });

/** The raw protocol, as a client in any language speaks it. */
async function rawRequest(port: number, subject: string, payload: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const bytes = new TextEncoder().encode(payload);
  const head = `CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\nSUB inbox.1 1\r\n` +
    `PUB ${subject} inbox.1 ${bytes.length}\r\n`;
  await connection.write(new TextEncoder().encode(head));
  await connection.write(bytes);
  await connection.write(new TextEncoder().encode("\r\n"));
  let text = "";
  const buffer = new Uint8Array(65_536);
  const decoder = new TextDecoder();
  while (!/MSG inbox\.1 1 (\d+)\r\n(.*)\r\n/s.test(text)) {
    const count = await connection.read(buffer);
    assert(count !== null, `the server ended the connection after ${text}`);
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
    if (text.includes("PING\r\n")) await connection.write(new TextEncoder().encode("PONG\r\n"));
  }
  return /MSG inbox\.1 1 \d+\r\n(.*)\r\n/s.exec(text)![1]!;
}

Deno.test("anyone's JSON", async (t) => {
  await using stack = await Stack.start({ pairs: PAIRS, env: { FEED: "off", INGEST_TOKEN: "" } });
  const nc = await connectNats({ url: stack.nats.url, name: "test" });
  const request = async (subject: string, payload: string | Uint8Array) => {
    const message = await nc.request(subject, payload, { timeout: 10_000 });
    return { code: message.headers?.get("Fx-Ingest-Error") ?? "", json: message.json<IngestReply>() };
  };
  const storedCount = async () => {
    const manager = await jetstreamManager(nc);
    return (await manager.streams.info(STREAMS.market.name)).state.messages;
  };
  const post = (body: BodyInit, query = "") => fetch(`${stack.url}/api/ingest${query}`, { method: "POST", body });

  await t.step("without a feed node: said at once, over NATS and over HTTP", async () => {
    await assert.rejects(request("fx.ingest.EURUSD", quote()));
    const response = await post(quote({ pair: "EURUSD" }));
    assert.equal(response.status, 503);
    assert.equal((await response.json()).type, "urn:fxmm:problem:ingest-unserved");
  });
  await stack.start("feed");

  await t.step("request and reply: one, an array, lines", async () => {
    for (
      const [payload, count] of [[quote(), 1], [`[${quote()},${quote()}]`, 2], [`${quote()}\n${quote()}`, 2]] as const
    ) {
      const { json } = await request("fx.ingest.EURUSD", payload);
      assert.deepEqual(IngestReply.parse(json), {
        accepted: count,
        duplicates: 0,
        gaps: 0,
        refusedCount: 0,
        refused: [],
      });
    }
    assert.equal(await storedCount(), 3);
  });

  await t.step("a client that knows nothing but the protocol", async () => {
    const reply = IngestReply.parse(
      JSON.parse(await rawRequest(stack.nats.port, "fx.ingest.USDJPY", quote({ bid: 150, ask: 150.01 }))),
    );
    assert.equal(reply.accepted, 1);
  });

  await t.step("what is sent again is stored once", async () => {
    const payload = [1, 2, 3].map((sequence) => quote({ source: "desk", sequence })).join("\n");
    const before = await storedCount();
    assert.equal((await request("fx.ingest.EURUSD", payload)).json.accepted, 3);
    assert.equal((await request("fx.ingest.EURUSD", payload)).json.duplicates, 3);
    assert.equal(await storedCount(), before + 1);
    // Another life of the node does not know the numbers; the log knows the frame.
    await stack.kill("feed");
    await stack.start("feed");
    await request("fx.ingest.EURUSD", payload);
    assert.equal(await storedCount(), before + 1);
  });

  await t.step("garbage is refused with the reason, and disturbs nobody", async () => {
    const wholly: [string | Uint8Array, string][] = [
      ["", "malformed"],
      ["[", "malformed"],
      [new Uint8Array([0xff, 0xfe, 0x00]), "malformed"],
      [`[${"0,".repeat(20_000)}0]`, "too-large"],
    ];
    for (const [payload, code] of wholly) assert.equal((await request("fx.ingest.EURUSD", payload)).code, code);
    assert.equal((await request("fx.ingest.NOPAIR", quote())).code, "malformed");
    const lines = [
      quote({ bid: null }),
      quote({ bid: "NaN" }),
      quote({ bid: -0 }),
      '{"kind":"quote","timeUs":1e400,"bid":1,"ask":2}',
      `${'{"a":'.repeat(700)}1${"}".repeat(700)}`,
      quote({ pair: "USDJPY" }),
      quote(),
    ];
    const { json } = await request("fx.ingest.EURUSD", lines.join("\n"));
    assert.deepEqual([json.accepted, json.refusedCount], [1, 6]);
  });

  await t.step("published without a reply subject it is stored all the same", async () => {
    const before = await storedCount();
    nc.publish("fx.ingest.EURUSD", quote());
    await nc.flush();
    // Requests of one connection are served in order.
    await request("fx.ingest.EURUSD", quote());
    assert.equal(await storedCount(), before + 2);
  });

  await t.step("a stream of 200,000 events over HTTP is answered in full, and reaches the actors", async () => {
    const startUs = nowUs();
    let sent = 0;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        if (sent >= 200_000) return controller.close();
        let text = "";
        for (let i = 0; i < 1_000; i++, sent++) {
          const pair = sent % 2 === 0 ? "EURUSD" : "USDJPY";
          text += `{"kind":"quote","pair":"${pair}","timeUs":${startUs + sent},"bid":1.1,"ask":1.1${sent % 9 + 1}}\n`;
        }
        controller.enqueue(new TextEncoder().encode(text));
      },
    });
    const response = await post(body);
    assert.equal(response.status, 200);
    const reply = IngestReply.parse(await response.json());
    assert.deepEqual([reply.accepted, reply.refusedCount], [200_000, 0]);
    await stack.until<{ feeds: { eventCount: number }[] }>(
      "/api/feeds",
      ({ feeds }) => feeds.some(({ eventCount }) => eventCount > 200_000),
    );
  });

  await nc.close();
});
