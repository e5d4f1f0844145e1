/**
 * Numbers as the page writes them: few digits, a unit where it is not obvious, a width that does not jump.
 *
 * A minus is U+2212, which is as wide as a plus and a digit in tabular numerals.
 *
 * @module
 */

const MINUS = "−";
const MILLION = 1e6;
const THOUSAND = 1e3;
/** Below this a size is written in thousands. */
const SIZE_IN_MILLIONS_MIN = 100_000;

/** `1.50m`, `25k`, `820`: a size in base currency. */
export function formatSize(size: number): string {
  const magnitude = Math.abs(size);
  const sign = size < 0 ? MINUS : "";
  if (magnitude >= 1000 * MILLION) return `${sign}${(magnitude / MILLION / 1000).toFixed(2)}bn`;
  if (magnitude >= 100 * MILLION) return `${sign}${(magnitude / MILLION).toFixed(0)}m`;
  if (magnitude >= 10 * MILLION) return `${sign}${(magnitude / MILLION).toFixed(1)}m`;
  if (magnitude >= SIZE_IN_MILLIONS_MIN) return `${sign}${(magnitude / MILLION).toFixed(2)}m`;
  if (magnitude >= 10 * THOUSAND) return `${sign}${(magnitude / THOUSAND).toFixed(0)}k`;
  if (magnitude >= THOUSAND) return `${sign}${(magnitude / THOUSAND).toFixed(1)}k`;
  return `${sign}${magnitude.toFixed(0)}`;
}

/** A size with its sign always written; zero has none. */
export function formatSignedSize(size: number): string {
  return size > 0 ? `+${formatSize(size)}` : formatSize(size);
}

/** A number with so many decimals; never `−0.0`. */
export function formatNumber(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** As {@linkcode formatNumber}, with its sign always written; what rounds to zero has none. */
export function formatSigned(value: number, decimals: number): string {
  const text = formatNumber(value, decimals);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** Three significant digits at most, never an exponent: `1234`, `12.3`, `0.45`. */
export function formatCompact(value: number): string {
  const magnitude = Math.abs(value);
  return formatNumber(value, magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2);
}

/** Three significant digits, and three decimals at most: `0.034`, `0.45`, `12.3`, `1234`. */
export function formatSignificant(value: number): string {
  const magnitude = Math.abs(value);
  return formatNumber(value, magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 3);
}

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** `1.2·10⁻⁶` where three decimals would say nothing. */
export function formatScientific(value: number): string {
  if (value === 0 || Math.abs(value) >= 0.01) return formatSignificant(value);
  const [digits, exponent] = value.toExponential(1).split("e") as [string, string];
  const power = Array.from(exponent.slice(1), (digit) => SUPERSCRIPTS[Number(digit)]).join("");
  return `${digits.replace("-", MINUS)}·10⁻${power}`;
}

/** `820`, `4.1k`, `38k`, `1.2m`: how many. */
export function formatCount(count: number): string {
  const [value, unit] = count < THOUSAND
    ? [count, ""]
    : count < MILLION
    ? [count / THOUSAND, "k"]
    : [count / MILLION, "m"];
  return unit === "" || value >= 10 ? `${Math.round(value)}${unit}` : `${value.toFixed(1)}${unit}`;
}

/** `12 kB`, `120 MB`, `1.3 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes < MILLION) return `${Math.round(bytes / THOUSAND)} kB`;
  return bytes < 1000 * MILLION ? `${Math.round(bytes / MILLION)} MB` : `${(bytes / MILLION / 1000).toFixed(1)} GB`;
}

/** How long ago: `now`, `12s`, `3m`, `2h`, `4d`. */
export function formatAge(ageMs: number): string {
  const seconds = Math.max(ageMs, 0) / 1000;
  if (seconds < 1) return "now";
  if (seconds < 60) return `${Math.floor(seconds)}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** A span in words for a sentence: `8 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatSpan(spanMs: number): string {
  const seconds = Math.max(0, Math.round(spanMs / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`;
}
