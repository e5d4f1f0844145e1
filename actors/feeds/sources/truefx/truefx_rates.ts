/**
 * Rates of TrueFX's web interface as CSV: `EUR/USD,1437569931314,1.09,034,1.09,038,1.08922,1.09673,1.09384`.
 *
 * Symbol, time in milliseconds, bid as its big figure and its points, offer likewise, high, low and open. Figure and points are the
 * digits of one number: 1.09 and 034 are 1.09034.
 *
 * @module
 */
import { US_PER_MS } from "../../../contract/mod.ts";

export interface Rate {
  readonly symbol: string;
  readonly timeUs: number;
  readonly bid: number;
  readonly ask: number;
}

const FIGURE = /^\d{1,9}\.?\d{0,9}$/;
const POINTS = /^\d{1,9}$/;
const TIME = /^\d{13}$/;

/** Rows of an answer; `undefined` for a row that is none. Blank lines are left out: nothing changed. */
export function readRates(text: string): { line: string; rate: Rate | undefined }[] {
  return text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "")
    .map((line) => ({ line, rate: readRate(line) }));
}

function readRate(line: string): Rate | undefined {
  const [symbol, time, bidFigure, bidPoints, askFigure, askPoints] = line.split(",").map((cell) => cell.trim());
  if (!symbol || time === undefined || !TIME.test(time)) return undefined;
  const bid = priceOf(bidFigure, bidPoints);
  const ask = priceOf(askFigure, askPoints);
  if (bid === undefined || ask === undefined) return undefined;
  return { symbol, timeUs: Number(time) * US_PER_MS, bid, ask };
}

/** A figure may end in its dot: `123.` and `778` are 123.778. */
function priceOf(figure: string | undefined, points: string | undefined): number | undefined {
  if (figure === undefined || points === undefined || !FIGURE.test(figure) || !POINTS.test(points)) return undefined;
  return Number(figure + points);
}

/**
 * Whether an answer to a login is a session: a colon-separated text of user, password, qualifier and time. The words of a refusal are no
 * session, whatever they are.
 */
export function isSession(text: string): boolean {
  return /^[^\s,]+(?::[^\s,]*){3,}$/.test(text);
}
