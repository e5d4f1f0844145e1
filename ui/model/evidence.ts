/**
 * The numbers of a case as people read them: a label, a value, a unit. The names say the unit, which stands last in them.
 *
 * @module
 */
import { DETECTORS } from "../../actors/contract/detector_catalogue.ts";
import { isKnown } from "./case_state.ts";
import { formatCompact, formatCount, formatScientific, formatSignificant, formatSize } from "./number_format.ts";

export interface EvidenceLine {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly unit: string;
  /** What it is, in the catalogue's words. */
  readonly doc: string;
}

type Write = (value: number) => string;

/** By the end of a name, the longest first. */
const UNITS: readonly (readonly [suffix: RegExp, write: Write, unit: string])[] = [
  [/PerSecond$/, formatCompact, "/s"],
  [/Share$/, (value) => formatSignificant(100 * value), "%"],
  [/Pct$/, formatSignificant, "%"],
  [/Bps$/, formatSignificant, "bp"],
  [/Sigmas$/, formatSignificant, "σ"],
  [/Ratio$/, formatSignificant, "×"],
  [/Count$/, formatCount, ""],
  [/Size$/, formatSize, ""],
  [/Ms$/, formatCompact, "ms"],
  [/P$/, formatScientific, ""],
];
const WHOLE: Readonly<Record<string, readonly [write: Write, unit: string]>> = {
  pValue: [formatScientific, ""],
  cdf: [(value) => formatSignificant(100 * value), "%"],
  bid: [yesNo, ""],
  ask: [yesNo, ""],
  bidSide: [(value) => value === 1 ? "bid" : "ask", ""],
  brokenBook: [yesNo, ""],
};

/** The numbers of a case, in the order of its catalogue. */
export function evidenceLines(kind: string, evidence: Readonly<Record<string, number>>): EvidenceLine[] {
  const docs: Readonly<Record<string, string>> = isKnown(kind) ? DETECTORS[kind].evidence : {};
  const names = [...Object.keys(docs), ...Object.keys(evidence).filter((name) => !Object.hasOwn(docs, name))];
  return names.flatMap((name) => {
    const value = evidence[name];
    return value === undefined ? [] : [lineOf(name, value, docs[name] ?? name)];
  });
}

function lineOf(name: string, value: number, doc: string): EvidenceLine {
  const whole = WHOLE[name];
  if (whole !== undefined) return { name, label: wordsOf(name), value: whole[0](value), unit: whole[1], doc };
  const [suffix, write, unit] = UNITS.find(([suffix]) => suffix.test(name)) ?? [/$^/, formatSignificant, ""];
  const short = /Count$|Size$|Share$|Ratio$/.test(name) ? name : name.replace(suffix, "");
  return { name, label: wordsOf(short), value: write(value), unit, doc };
}

/** `Withdrawn size` of `withdrawnSize`. */
function wordsOf(name: string): string {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function yesNo(value: number): string {
  return value === 1 ? "yes" : "no";
}
