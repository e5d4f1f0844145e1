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

Deno.test("a case and the choice of cases are in the address, and come back from it", () => {
  const place = {
    pair: "EURUSD",
    span: "15m",
    caseId: "EURUSD-spoofing-gu9-4",
    cases: { pair: "EURUSD", kind: "spoofing", severity: "critical", open: true },
  } as const;
  const hash = formatHash(place);
  strictEqual(hash, "#/EURUSD?case=EURUSD-spoofing-gu9-4&of=EURUSD&kind=spoofing&severity=critical&open=1");
  deepStrictEqual(parseHash(hash), place);
});

Deno.test("what somebody made of an address is left out where it is nothing", () => {
  deepStrictEqual(parseHash("#/EURUSD?case=%3Cscript%3E&of=EUR&kind=No%20Kind&severity=info&open=yes"), {
    pair: "EURUSD",
    span: "15m",
  });
});

Deno.test("an alert, the choice of alerts and the rule that is written are in the address too", () => {
  const place = {
    pair: undefined,
    span: "15m",
    alertId: "default-gu9-4-0",
    alerts: { show: "mine", severity: "critical", pair: "EURUSD", rule: "toxic" },
    rules: true,
    rule: "toxic",
  } as const;
  const hash = formatHash(place);
  strictEqual(
    hash,
    "#/?alert=default-gu9-4-0&show=mine&alert-severity=critical&alert-of=EURUSD&alert-rule=toxic&rule=toxic",
  );
  deepStrictEqual(parseHash(hash), place);
  deepStrictEqual(parseHash("#/?rules=1"), { pair: undefined, span: "15m", rules: true });
  strictEqual(formatHash({ pair: "EURUSD", span: "15m", rules: true }), "#/EURUSD?rules=1");
  deepStrictEqual(parseHash("#/?rule="), { pair: undefined, span: "15m", rules: true, rule: "" });
  deepStrictEqual(parseHash("#/?alert=%3Cx%3E&show=none&alert-of=EUR&rule=No%20Name"), {
    pair: undefined,
    span: "15m",
    rules: true,
  });
});

Deno.test("which pairs are listed, and how, is in the address", () => {
  const place = { pair: "EURUSD", span: "15m", list: { query: "EUR jpy", sort: "stress" } } as const;
  strictEqual(formatHash(place), "#/EURUSD?q=EUR+jpy&sort=stress");
  deepStrictEqual(parseHash(formatHash(place)), place);
  deepStrictEqual(parseHash("#/?q=%3Cb%3E&sort=age"), { pair: undefined, span: "15m" });
});
