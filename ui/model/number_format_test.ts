import { strictEqual } from "node:assert/strict";
import {
  formatAge,
  formatBytes,
  formatCompact,
  formatCount,
  formatNumber,
  formatScientific,
  formatSigned,
  formatSignedSize,
  formatSignificant,
  formatSize,
  formatSpan,
} from "./number_format.ts";

Deno.test("`formatSize()` writes millions, thousands and units", () => {
  strictEqual(formatSize(1_500_000), "1.50m");
  strictEqual(formatSize(250_000), "0.25m");
  strictEqual(formatSize(42_000_000), "42.0m");
  strictEqual(formatSize(420_000_000), "420m");
  strictEqual(formatSize(2_500_000_000), "2.50bn");
  strictEqual(formatSize(25_000), "25k");
  strictEqual(formatSize(1_234), "1.2k");
  strictEqual(formatSize(820), "820");
  strictEqual(formatSize(-3_000_000), "−3.00m");
});

Deno.test("`formatSignedSize()` writes the sign of all but zero", () => {
  strictEqual(formatSignedSize(2_000_000), "+2.00m");
  strictEqual(formatSignedSize(-2_000_000), "−2.00m");
  strictEqual(formatSignedSize(0), "0");
});

Deno.test("`formatNumber()` and `formatSigned()` never write a negative zero", () => {
  strictEqual(formatNumber(-0.04, 1), "0.0");
  strictEqual(formatNumber(-0.06, 1), "−0.1");
  strictEqual(formatSigned(0.04, 1), "0.0");
  strictEqual(formatSigned(0.31, 2), "+0.31");
});

Deno.test("`formatCompact()` keeps about three digits", () => {
  strictEqual(formatCompact(1234.5), "1235");
  strictEqual(formatCompact(12.34), "12.3");
  strictEqual(formatCompact(0.456), "0.46");
});

Deno.test("`formatSignificant()` keeps three digits of what is small, too", () => {
  strictEqual(formatSignificant(0.0341), "0.034");
  strictEqual(formatSignificant(-1.234), "−1.23");
  strictEqual(formatSignificant(234.5), "235");
});

Deno.test("`formatScientific()` writes a power of ten where decimals would say nothing", () => {
  strictEqual(formatScientific(1.23e-12), "1.2·10⁻¹²");
  strictEqual(formatScientific(-4e-6), "−4.0·10⁻⁶");
  strictEqual(formatScientific(0.25), "0.250");
  strictEqual(formatScientific(0), "0.000");
});

Deno.test("`formatAge()` and `formatSpan()` choose the unit", () => {
  strictEqual(formatAge(-5), "now");
  strictEqual(formatAge(400), "now");
  strictEqual(formatAge(12_900), "12s");
  strictEqual(formatAge(200_000), "3m");
  strictEqual(formatAge(7_300_000), "2h");
  strictEqual(formatAge(4 * 86_400_000), "4d");
  strictEqual(formatSpan(8_400), "8 s");
  strictEqual(formatSpan(200_000), "3 min 20 s");
  strictEqual(formatSpan(7_500_000), "2 h 5 min");
});

Deno.test("`formatCount()` and `formatBytes()` keep two digits of what is large", () => {
  for (const [count, text] of [[820, "820"], [4_100, "4.1k"], [41_234, "41k"], [1_200_000, "1.2m"]] as const) {
    strictEqual(formatCount(count), text);
  }
  strictEqual(formatBytes(12_345), "12 kB");
  strictEqual(formatBytes(123_456_789), "123 MB");
  strictEqual(formatBytes(1_300_000_000), "1.3 GB");
});
