import assert from "node:assert/strict";
import fc from "fast-check";
import { readMessage } from "./twelvedata_message.ts";

Deno.test("readMessage() reads prices, answers to subscriptions and errors as documented", () => {
  assert.deepEqual(
    readMessage('{"event":"price","symbol":"EUR/USD","timestamp":1600595462,"price":1.18,"bid":1.17,"ask":1.19}'),
    { kind: "price", symbol: "EUR/USD", timeUs: 1_600_595_462_000_000, bid: 1.17, ask: 1.19 },
  );
  assert.deepEqual(
    readMessage(
      '{"event":"subscribe-status","status":"warning","success":[{"symbol":"EUR/USD"}],' +
        '"fails":[{"symbol":"A","message":"not in the plan"},{"symbol":"B"}]}',
    ),
    {
      kind: "subscribed",
      isError: false,
      success: ["EUR/USD"],
      fails: [{ symbol: "A", reason: "not in the plan" }, { symbol: "B", reason: "Twelve Data does not serve it" }],
      message: "no reason given",
    },
  );
  assert.deepEqual(readMessage('{"event":"subscribe-status","status":"ok","success":null,"fails":null}'), {
    kind: "subscribed",
    isError: false,
    success: [],
    fails: [],
    message: "no reason given",
  });
  assert.deepEqual(readMessage('{"status":"error","code":401,"message":"key"}'), {
    kind: "error",
    code: 401,
    message: "key",
  });
  assert.equal(readMessage('{"event":"heartbeat","status":"ok"}').kind, "heartbeat");
});

Deno.test("readMessage() throws nothing but SyntaxError, whatever comes", () => {
  const like = fc.record({
    event: fc.constantFrom("price", "subscribe-status", "heartbeat", "x", null),
    status: fc.constantFrom("ok", "error", 1),
    symbol: fc.anything(),
    timestamp: fc.anything(),
    bid: fc.anything(),
    success: fc.oneof(fc.array(fc.anything()), fc.anything()),
    fails: fc.oneof(fc.array(fc.anything()), fc.anything()),
    messages: fc.anything(),
    code: fc.anything(),
  }, { requiredKeys: [] });
  const text = fc.oneof(fc.string(), fc.json(), like.map((value) => JSON.stringify(value)));
  fc.assert(fc.property(text, (text) => {
    try {
      readMessage(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }));
});
