/**
 * Pairs by the letters in the row, so that a row costs one look-up and no text.
 *
 * Where one pair is asked for, rows of another are refused as `pair-other`. A file of instruments that are no currency pairs is of
 * the first one that is not refused: its rows are of the pair that was asked for.
 *
 * @module
 */
import { type Pair, parsePair, type RejectCode } from "../../contract/mod.ts";

/** Spellings remembered per file; beyond it they are looked up in the table each time. */
const NAMES_MAX = 1024;

export interface PairCacheOptions {
  /** The pair that was asked for. */
  only: Pair | undefined;
  /** Whether the names need not be pairs. @default {false} */
  areSymbols?: boolean;
}

export class PairCache {
  /** Why the last name had no pair. */
  refusal: RejectCode = "pair-unknown";
  #only: Pair | undefined;
  readonly #areSymbols: boolean;
  readonly #pairs = new Map<number, Pair | undefined>();
  /** The name of the one instrument, as bytes. */
  #symbol: Uint8Array | undefined;

  constructor({ only, areSymbols = false }: PairCacheOptions) {
    this.#only = only;
    this.#areSymbols = areSymbols;
  }

  /** The pair of a name; `undefined` where there is none that is wanted, and `refusal` says why. */
  get(bytes: Uint8Array, start: number, end: number): Pair | undefined {
    if (this.#symbol !== undefined) {
      if (isSame(this.#symbol, bytes, start, end)) return this.#only;
      this.refusal = "pair-other";
      return undefined;
    }
    const pair = this.#lookUp(bytes, start, end);
    if (pair === undefined && this.#areSymbols && this.#only !== undefined && end > start) {
      this.#symbol = bytes.slice(start, end);
      return this.#only;
    }
    if (pair === undefined) this.refusal = "pair-unknown";
    else if (this.#only !== undefined && pair !== this.#only) {
      this.refusal = "pair-other";
      return undefined;
    }
    return pair;
  }

  /** From now on another pair is refused, as where this one had been asked for. */
  settleOn(pair: Pair): void {
    this.#only = pair;
  }

  #lookUp(bytes: Uint8Array, start: number, end: number): Pair | undefined {
    const separator = end - start === 7 ? 1 : 0;
    if (end - start - separator !== 6) return undefined;
    // Six letters of five bits each: the case does not matter, and no two names share a key that are both letters only.
    let key = separator;
    for (let i = 0; i < 6; i++) {
      const byte = bytes[start + i + (i >= 3 ? separator : 0)]! | 0x20;
      if (byte < 0x61 || byte > 0x7a) return undefined;
      key = key * 32 + byte - 0x60;
    }
    if (separator === 1) key = key * 256 + bytes[start + 3]!;
    let pair = this.#pairs.get(key);
    if (pair === undefined && !this.#pairs.has(key)) {
      pair = parsePair(new TextDecoder().decode(bytes.subarray(start, end)));
      if (this.#pairs.size < NAMES_MAX) this.#pairs.set(key, pair);
    }
    return pair;
  }
}

function isSame(symbol: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (symbol.length !== end - start) return false;
  for (let i = 0; i < symbol.length; i++) if (symbol[i] !== bytes[start + i]) return false;
  return true;
}
