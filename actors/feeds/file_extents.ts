/**
 * Which pairs the files of a replay held and when, to tell files that are mixed or overlap.
 *
 * @module
 */
import { formatTimeUs, type Pair } from "../contract/mod.ts";

/** Pairs named in a note; further ones are counted. */
const PAIRS_SHOWN = 5;

interface Extent {
  path: string;
  firstUs: number;
  lastUs: number;
}

export class FileExtents {
  readonly #latest = new Map<Pair, Extent>();
  readonly #extents = new Map<Pair, Extent>();
  #path = "";
  #pair: Pair | undefined;
  #extent: Extent | undefined;

  /** A file begins. */
  open(path: string): void {
    this.#path = path;
    this.#pair = this.#extent = undefined;
    this.#extents.clear();
  }

  /** An event is published. Within a file and pair, times do not go back. */
  see(pair: Pair, timeUs: number): void {
    if (pair !== this.#pair) {
      this.#pair = pair;
      this.#extent = this.#extents.get(pair);
      if (this.#extent === undefined) {
        this.#extents.set(pair, this.#extent = { path: this.#path, firstUs: timeUs, lastUs: timeUs });
      }
    }
    this.#extent!.lastUs = timeUs;
  }

  /** The file ends: what people should know of it beside those before it. */
  close(): string[] {
    const notes: string[] = [];
    const pairs = [...this.#extents.keys()];
    if (pairs.length > 1) {
      const more = pairs.length > PAIRS_SHOWN ? ` and ${pairs.length - PAIRS_SHOWN} more` : "";
      notes.push(
        `it holds ${pairs.length} pairs: ${pairs.slice(0, PAIRS_SHOWN).join(", ")}${more}; --pair takes one of them`,
      );
    }
    for (const [pair, extent] of this.#extents) {
      const latest = this.#latest.get(pair);
      if (latest !== undefined && extent.firstUs < latest.lastUs) {
        notes.push(
          `${pair} begins at ${formatTimeUs(extent.firstUs)}, before ${latest.path} ends at ` +
            `${formatTimeUs(latest.lastUs)}: time goes back between the files; --merge plays them in order`,
        );
      }
      if (latest === undefined || extent.lastUs > latest.lastUs) this.#latest.set(pair, extent);
    }
    return notes;
  }
}
