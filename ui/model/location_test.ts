import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { formatHash, parseHash } from "./location.ts";

Deno.test("`parseHash()` reads what `formatHash()` wrote", () => {
  for (
    const location of [
      { pair: "EURUSD", span: "15m" },
      { pair: undefined, span: "1h" },
      { pair: "EURUSD", span: "5m", metric: "toxicity.vpin" },
    ] as const
  ) {
    deepStrictEqual(parseHash(formatHash(location)), location);
  }
  strictEqual(formatHash({ pair: "EURUSD", span: "15m" }), "#/EURUSD");
  strictEqual(formatHash({ pair: "USDJPY", span: "5m" }), "#/USDJPY?span=5m");
  strictEqual(formatHash({ pair: "USDJPY", span: "15m", metric: "flow.vwap" }), "#/USDJPY?metric=flow.vwap");
});

Deno.test("`parseHash()` takes the default for what it does not understand", () => {
  for (const hash of ["", "#", "#/", "#/eurusd", "#/<script>", "#/?span=7m", "#/?span=toString", "#/?metric=no.such"]) {
    deepStrictEqual(parseHash(hash), { pair: undefined, span: "15m" }, hash);
  }
});
