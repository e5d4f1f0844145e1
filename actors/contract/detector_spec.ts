/**
 * What the catalogue of detectors says of each.
 *
 * @module
 */

/** What a detector cannot do without. */
export const NEEDS = {
  "quotes": "quotes or levels",
  "sizes": "sizes at the touch",
  "levels": "levels behind the touch",
  "orders": "single orders",
  "trades": "trades",
  "counterparties": "who bought and who sold",
  "every-change": "every change of the book, not some prices of it",
} as const;
export type Need = keyof typeof NEEDS;

/**
 * - `market`: something is unusual, whoever did it.
 * - `conduct`: what it is consistent with is somebody's doing.
 * - `cross`: something is unusual among several pairs; the actor across all pairs finds it.
 * - `model`: a model that was learnt says that something is unusual.
 */
export type DetectorFamily = "market" | "conduct" | "model" | "cross";

export interface DetectorSpec {
  /** What a page calls a case of it. */
  readonly title: string;
  readonly family: DetectorFamily;
  readonly needs: readonly Need[];
  /** What it uses beside, where it is there. */
  readonly uses: readonly Need[];
  readonly doc: string;
  /** File in `actors/detectors/`, without `.ts`. */
  readonly detector: string;
  /** Raised whenever the same log may give other cases. */
  readonly version: number;
  /** Numbers that a case carries: name, units last, and what it is. */
  readonly evidence: Readonly<Record<string, string>>;
}

export const detector = (
  title: string,
  { family, needs, uses = [], detector, version = 1, doc, evidence }:
    & Omit<DetectorSpec, "title" | "uses" | "version">
    & Partial<Pick<DetectorSpec, "uses" | "version">>,
): DetectorSpec => ({ title, family, needs, uses, detector, version, doc, evidence });
