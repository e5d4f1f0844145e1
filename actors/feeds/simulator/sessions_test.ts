import assert from "node:assert/strict";
import { US_PER_DAY, US_PER_HOUR } from "../../contract/mod.ts";
import { CURRENCIES, currencyIndex } from "./currencies.ts";
import { currencyPace, PACE_MIN } from "./sessions.ts";

const at = (code: string, hour: number) => currencyPace(currencyIndex(code), 20_000 * US_PER_DAY + hour * US_PER_HOUR);

Deno.test("currencyPace() follows the sessions of each currency", () => {
  assert.equal(at("EUR", 14), 1);
  assert.equal(at("JPY", 3), 1);
  assert(at("EUR", 3) < 0.3);
  assert(at("CAD", 18) > at("CAD", 9));
  assert(at("AUD", 22.9) > at("GBP", 22.9));
});

Deno.test("currencyPace() stays within its bounds and changes smoothly, over midnight too", () => {
  for (let currency = 0; currency < CURRENCIES.length; currency++) {
    let before = currencyPace(currency, 20_000 * US_PER_DAY);
    for (let minute = 1; minute <= 2 * 1440; minute++) {
      const pace = currencyPace(currency, 20_000 * US_PER_DAY + minute * 60_000_000);
      assert(pace >= PACE_MIN && pace <= 1);
      assert(Math.abs(pace - before) < 0.03, `${CURRENCIES[currency]!.code} at minute ${minute}`);
      before = pace;
    }
  }
});
