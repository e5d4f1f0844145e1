import assert from "node:assert/strict";
import fc from "fast-check";
import { DATA } from "../../../../tests/support/shared_data.ts";
import { readError, readInstruments, readMessage } from "./oanda_message.ts";

const price = (fields: Record<string, unknown>) =>
  readMessage(JSON.stringify({
    type: "PRICE",
    instrument: "EUR_USD",
    time: "2017-03-09T13:37:46.048197280Z",
    bids: [{ price: "1.05520", liquidity: 10_000_000 }, { price: "1.05522", liquidity: 10_000_000 }],
    asks: [{ price: "1.05536", liquidity: 1e7 }, { price: "1.05534", liquidity: 1e7 }],
    ...fields,
  }));

Deno.test("readMessage() puts the best level first, and adds up a price that is given twice", () => {
  const message = price({
    asks: [{ price: "1.06", liquidity: 1 }, { price: "1.05534", liquidity: 2 }, { price: "1.06", liquidity: 3 }],
  });
  assert(message.kind === "price");
  assert.deepEqual(message.bids.map(({ price }) => price), [1.05522, 1.0552]);
  assert.deepEqual(message.asks, [{ price: 1.05534, size: 2 }, { price: 1.06, size: 4 }]);
  assert.equal(message.timeUs, Date.UTC(2017, 2, 9, 13, 37, 46) * 1_000 + 48_197);
});

Deno.test("readMessage() reads times in both of OANDA's forms, and tradeability by the newer field", () => {
  const unix = price({ time: "1489066666.048197280" });
  assert(unix.kind === "price" && unix.timeUs === 1_489_066_666_048_197);
  const isTradeable = (fields: Record<string, unknown>) => {
    const message = price(fields);
    return message.kind === "price" ? message.isTradeable : message.kind;
  };
  assert.deepEqual(
    [{}, { status: "non-tradeable" }, { status: "tradeable", tradeable: false }, { status: "x", tradeable: true }].map(
      isTradeable,
    ),
    [true, false, false, true],
  );
  for (const time of ["yesterday", "", 5, "1489066666048197280", null]) {
    assert.equal(price({ time }).kind, "incomplete");
  }
});

Deno.test("readMessage() reads what was recorded of the stream", { ignore: !exists() }, () => {
  const kinds: Record<string, number> = {};
  for (const name of ["oanda_v20_pricing_stream", "oanda_v20_pricing_stream_notebook", "oanda_v20_prices_misc"]) {
    for (
      const line of Deno.readTextFileSync(`${DATA}/fixtures/${name}.jsonl`).split("\n").filter((line) => line !== "")
    ) {
      const message = readMessage(line);
      kinds[message.kind] = (kinds[message.kind] ?? 0) + 1;
      if (message.kind === "price") assert(message.bids[0]!.price < message.asks[0]!.price, line);
    }
  }
  assert.deepEqual(kinds, { price: 10, heartbeat: 5 });
});

function exists(): boolean {
  try {
    return Deno.statSync(`${DATA}/fixtures/oanda_v20_pricing_stream.jsonl`).isFile;
  } catch {
    return false;
  }
}

Deno.test("readMessage(), readInstruments() and readError() throw nothing but SyntaxError, whatever comes", () => {
  const odd = fc.constant({ toString: 1, valueOf: 1 });
  const like = fc.record({
    type: fc.constantFrom("PRICE", "HEARTBEAT", "x", 1, null),
    instrument: fc.anything(),
    time: fc.oneof(fc.constant("2017-03-09T13:37:46Z"), fc.anything()),
    bids: fc.oneof(
      fc.array(fc.record({ price: fc.oneof(odd, fc.anything()), liquidity: fc.anything() })),
      fc.anything(),
    ),
    asks: fc.anything(),
    instruments: fc.anything(),
    errorMessage: fc.anything(),
  }, { requiredKeys: [] });
  const text = fc.oneof(fc.string(), fc.json(), like.map((value) => JSON.stringify(value) ?? ""));
  fc.assert(fc.property(text, (text) => {
    for (const read of [readMessage, readInstruments, readError]) {
      try {
        read(text);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
      }
    }
  }));
});
