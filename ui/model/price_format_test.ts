import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { formatPrice, pipDecimals, spreadPips } from "./price_format.ts";

const EURUSD = { pipSize: 1e-4, priceDecimals: 5 };
const USDJPY = { pipSize: 1e-2, priceDecimals: 3 };

Deno.test("`formatPrice()` emphasises the pips of a pair quoted to four decimals", () => {
  deepStrictEqual(formatPrice(1.08234, EURUSD), { figure: "1.08", pips: "23", tenth: "4" });
});

Deno.test("`formatPrice()` emphasises the pips of a JPY pair", () => {
  deepStrictEqual(formatPrice(82.345, USDJPY), { figure: "82.", pips: "34", tenth: "5" });
  deepStrictEqual(formatPrice(151.007, USDJPY), { figure: "151.", pips: "00", tenth: "7" });
});

Deno.test("`formatPrice()` has no tenth where the pair shows none", () => {
  deepStrictEqual(formatPrice(1.0823, { pipSize: 1e-4, priceDecimals: 4 }), { figure: "1.08", pips: "23", tenth: "" });
});

Deno.test("`formatPrice()` never reaches across the decimal point", () => {
  deepStrictEqual(formatPrice(1923.45, { pipSize: 0.1, priceDecimals: 2 }), {
    figure: "1923.",
    pips: "4",
    tenth: "5",
  });
  deepStrictEqual(formatPrice(38_412, { pipSize: 1, priceDecimals: 0 }), { figure: "384", pips: "12", tenth: "" });
});

Deno.test("`formatPrice()` parts joined are the rounded price", () => {
  for (const price of [0.00001, 0.99999, 1, 1.999996, 12.3456789]) {
    const { figure, pips, tenth } = formatPrice(price, EURUSD);
    strictEqual(figure + pips + tenth, price.toFixed(5));
  }
});

Deno.test("`spreadPips()` is negative for a crossed book", () => {
  strictEqual(spreadPips(1.0824, 1.0823, EURUSD).toFixed(1), "-1.0");
  strictEqual(spreadPips(82.34, 82.355, USDJPY).toFixed(1), "1.5");
});

Deno.test("`pipDecimals()` counts the decimals of a pip", () => {
  strictEqual(pipDecimals(1e-4), 4);
  strictEqual(pipDecimals(0.01), 2);
  strictEqual(pipDecimals(1), 0);
});

Deno.test("`formatPrice()` emphasises the last two whole digits where the pip is one", () => {
  const dong = { pipSize: 1, priceDecimals: 1 };
  deepStrictEqual(formatPrice(25_412.5, dong), { figure: "254", pips: "12", tenth: ".5" });
  deepStrictEqual(formatPrice(7.5, dong), { figure: "", pips: "7", tenth: ".5" });
});
