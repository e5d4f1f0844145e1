/**
 * Decimal numbers straight from bytes.
 *
 * The digits are collected as an integer m and scaled once by a power of ten. Both are exact doubles while m < 2^53 and the
 * power is at most 22, so the one division rounds correctly: the result is the double that `Number(text)` gives. Longer
 * numbers and exponents take that slower road. About one nanosecond per digit, nothing allocated.
 *
 * @module
 */

const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const MANTISSA_MAX = Number.MAX_SAFE_INTEGER;
/** Characters of a number at most; whatever is longer is no number that a feed writes. */
const NUMBER_BYTES_MAX = 64;

/**
 * Read a decimal number, times 10^`shift`.
 *
 * @returns NaN where the bytes are none: empty, letters, two dots, spaces inside.
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number, shift = 0): number {
  let at = start;
  let negative = false;
  if (at < end) {
    const sign = bytes[at]!;
    if (sign === 0x2d || sign === 0x2b) {
      negative = sign === 0x2d;
      at++;
    }
  }
  let mantissa = 0;
  let digitCount = 0;
  let dotAt = -1;
  for (; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      digitCount++;
    } else if (digit === -2 && dotAt < 0) dotAt = at;
    else return parseSlowly(bytes, start, end, shift);
  }
  if (digitCount === 0) return NaN;
  const exponent = shift - (dotAt < 0 ? 0 : end - dotAt - 1);
  if (mantissa > MANTISSA_MAX || exponent < -22 || exponent > 22) return parseSlowly(bytes, start, end, shift);
  const value = exponent >= 0 ? mantissa * POWERS_OF_TEN[exponent]! : mantissa / POWERS_OF_TEN[-exponent]!;
  return negative ? -value : value;
}

const DECIMAL = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d{1,4}))?$/;

function parseSlowly(bytes: Uint8Array, start: number, end: number, shift: number): number {
  if (end - start > NUMBER_BYTES_MAX) return NaN;
  const parts = DECIMAL.exec(String.fromCharCode(...bytes.subarray(start, end)));
  return parts === null ? NaN : Number(`${parts[1]}e${Number(parts[2] ?? 0) + shift}`);
}

const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i;

/** Whether a field says in words that there is no finite number: `NaN`, `inf`, `-Infinity`. */
export function saysNotFinite(text: string): boolean {
  return NOT_FINITE.test(text);
}
