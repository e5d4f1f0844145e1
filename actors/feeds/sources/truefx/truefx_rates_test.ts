import assert from "node:assert/strict";
import fc from "fast-check";
import { isSession, readRates } from "./truefx_rates.ts";

Deno.test("readRates() joins big figure and points, and leaves blank lines out", () => {
  const text = "EUR/USD,1437569931314,1.09,034,1.09,038,1.08922,1.09673,1.09384\r\n" +
    "USD/JPY,1437569932078,123.,778,123.,781,123.569,123.903,123.860\r\n\r\n";
  assert.deepEqual(readRates(text).map(({ rate }) => rate), [
    { symbol: "EUR/USD", timeUs: 1_437_569_931_314_000, bid: 1.09034, ask: 1.09038 },
    { symbol: "USD/JPY", timeUs: 1_437_569_932_078_000, bid: 123.778, ask: 123.781 },
  ]);
  assert.deepEqual(readRates("\r\n"), []);
});

Deno.test("readRates() takes no row apart that is none, and never throws", () => {
  for (
    const row of [
      "<table>",
      "EUR/USD",
      "EUR/USD,1437569931314,1.09,,1.09,038",
      "EUR/USD,1437569931314,1.09,-34,1.09,038",
      "EUR/USD,14375,1.09,034,1.09,038",
      ",1437569931314,1.09,034,1.09,038",
    ]
  ) assert.deepEqual(readRates(row), [{ line: row, rate: undefined }]);
  fc.assert(fc.property(fc.string(), (text) => void readRates(text)));
});

Deno.test("isSession() takes user, password, qualifier and time for one, and no words", () => {
  assert(isSession("jsTrader:Ou812:ozrates:1303915123456"));
  assert(isSession("jl777:truefxtest:poll:csv:1437671654417"));
  for (const text of ["not authorized", "", "<html>a:b:c:d</html> x", "a:b", "EUR/USD,1:2:3:4"]) {
    assert(!isSession(text), text);
  }
});
