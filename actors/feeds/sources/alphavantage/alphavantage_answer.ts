/**
 * Answers of Alpha Vantage's `CURRENCY_EXCHANGE_RATE`. All come with status 200; which field stands in them says what they are.
 *
 * @module
 */
import { parseTimeUs } from "../../../contract/mod.ts";

export type RateAnswer =
  | { readonly kind: "rate"; readonly timeUs: number; readonly bid: number; readonly ask: number }
  /** Too many requests in a short while (`Note`), or the day's are used up, or the key does not allow it (`Information`). */
  | { readonly kind: "limit"; readonly isNote: boolean; readonly message: string }
  | { readonly kind: "error"; readonly message: string }
  /** A rate without the two prices, or without a time: nothing a quote can be made of. */
  | { readonly kind: "incomplete"; readonly reason: string }
  | { readonly kind: "unknown" };

// deno-lint-ignore no-explicit-any -- an answer may be anything, and every field that is used is checked.
type Any = any;

/** @throws {SyntaxError} where the text is no JSON. */
export function readAnswer(text: string): RateAnswer {
  const answer: Any = JSON.parse(text);
  if (typeof answer !== "object" || answer === null) return { kind: "unknown" };
  if (typeof answer["Error Message"] === "string") return { kind: "error", message: answer["Error Message"] };
  for (const name of ["Note", "Information"]) {
    if (typeof answer[name] === "string") return { kind: "limit", isNote: name === "Note", message: answer[name] };
  }
  const rate: Any = answer["Realtime Currency Exchange Rate"];
  if (typeof rate !== "object" || rate === null) return { kind: "unknown" };
  const bid = priceOf(rate["8. Bid Price"]);
  const ask = priceOf(rate["9. Ask Price"]);
  if (bid === undefined || ask === undefined) return { kind: "incomplete", reason: "the answer has no bid and ask" };
  const timeUs = timeOf(rate["6. Last Refreshed"], rate["7. Time Zone"]);
  if (timeUs === undefined) {
    const told = JSON.stringify([rate["6. Last Refreshed"], rate["7. Time Zone"]]);
    return { kind: "incomplete", reason: `no time in a zone that is known: ${told}` };
  }
  return { kind: "rate", timeUs, bid, ask };
}

function priceOf(text: Any): number | undefined {
  const price = typeof text === "string" && text.trim() !== "" ? Number(text) : NaN;
  return Number.isFinite(price) ? price : undefined;
}

function timeOf(time: Any, zone: Any): number | undefined {
  if (typeof time !== "string" || typeof zone !== "string") return undefined;
  if (/^(UTC|GMT|Z)$/i.test(zone)) return parseTimeUs(time);
  return zonedTimeUs(time, zone);
}

/** @returns `undefined` where there is no such zone or time. Of a time that a clock shows twice, the first. */
function zonedTimeUs(time: string, zone: string): number | undefined {
  try {
    const moment = Temporal.PlainDateTime.from(time.replace(" ", "T")).toZonedDateTime(zone);
    return Number(moment.epochNanoseconds / 1_000n);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
