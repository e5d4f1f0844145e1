/**
 * Which cases are of which labels.
 *
 * A case belongs to the label of its pair whose time it shares, from a little before its first action to half a minute behind its last;
 * where it shares the time of several, to one of its own kind first, then to one that implies it, then to the nearest. What it then counts as:
 *
 * | the label is | the case is |
 * |---|---|
 * | planted, of its kind | true; a second one of the same label is a repeat and counts as nothing |
 * | planted, and complete while a case of its kind that speaks of its pair was open, and not found otherwise | true, once more |
 * | planted, and implies its kind (a flash crash has a wide spread) | a companion: it counts as nothing |
 * | planted, of another kind | false, and confused |
 * | benign, and really has it (news jumps; spreads are wide at the roll) | a companion |
 * | of another pair that shares a currency, and moved its value, which the case says of this one | a companion |
 * | planted or benign, and the case is of a learnt model, which says that something is unusual and not what | a companion |
 * | benign otherwise, or there is none | false |
 *
 * @module
 */
import { type AnomalyKind, DETECTORS, isAnomalyKind, type TruthLabel, US_PER_SECOND } from "../contract/mod.ts";

/** What evaluation keeps of a case. */
export interface FoundCase {
  readonly id: string;
  readonly pair: string;
  readonly kind: string;
  readonly others: readonly string[];
  readonly startUs: number;
  /** Event time at which it was told first, and last. */
  readonly openedUs: number;
  readonly lastUs: number;
  readonly score: number;
  readonly severity: string;
  readonly sentence: string;
}

export type Verdict = "true" | "repeat" | "companion" | "confused" | "false";

export interface Judged {
  readonly found: FoundCase;
  readonly verdict: Verdict;
  readonly label: TruthLabel | undefined;
}

/** A case may begin this long before its label does: detectors count back to what looked odd. */
export const EARLY_US_MAX = 10 * US_PER_SECOND;
/** A case may be told this long after the label has ended. */
export const LATE_US_MAX = 45 * US_PER_SECOND;

const SHOCK: readonly AnomalyKind[] = ["jump", "volatility-cluster", "spread-blowout", "depth-depletion"];

/** Kinds of anomaly that a label really has beside its own, by its kind. */
export const IMPLIED: Readonly<Record<string, readonly AnomalyKind[]>> = {
  "flash-crash": [...SHOCK, "liquidity-hole", "toxicity", "triangle"],
  "liquidity-hole": [...SHOCK, "stale-quote", "triangle"],
  "jump": SHOCK,
  "volatility-cluster": [...SHOCK, "toxicity"],
  "momentum-ignition": [...SHOCK, "toxicity"],
  "fix-pressure": [...SHOCK, "toxicity"],
  "toxicity": SHOCK,
  "spread-blowout": ["depth-depletion"],
  "depth-depletion": ["spread-blowout"],
  "quote-stuffing": ["flickering", "depth-depletion", "spread-blowout"],
  "flickering": ["imbalance-flip"],
  "spoofing": ["imbalance-flip"],
  "layering": ["imbalance-flip"],
  "ghost-liquidity": ["depth-depletion", "spread-blowout"],
  "wash-trading": ["toxicity"],
  "stale-quote": ["liquidity-hole", "jump", "triangle", "correlation-break"],
  "triangle": [...SHOCK, "correlation-break"],
  "correlation-break": [...SHOCK, "triangle", "flash-crash"],
  "news-burst": [...SHOCK, "toxicity", "liquidity-hole", "triangle"],
  "roll": ["spread-blowout", "depth-depletion"],
  "feed-reconnect": ["liquidity-hole"],
};

/** Kinds of label that move the value of a currency, and so every pair that has it. */
const SPILLING: ReadonlySet<string> = new Set([
  "flash-crash",
  "jump",
  "volatility-cluster",
  "liquidity-hole",
  "momentum-ignition",
  "fix-pressure",
  "toxicity",
  "stale-quote",
  "news-burst",
]);
/** What other pairs then really have. */
const SPILLED: readonly string[] = [...SHOCK, "flash-crash", "liquidity-hole", "fix-pressure"];

/** Judge every case. Labels and cases may be of many pairs. */
export function judge(cases: readonly FoundCase[], labels: readonly TruthLabel[]): Judged[] {
  const taken = new Set<string>();
  const inTime = [...cases].sort((a, b) => a.openedUs - b.openedUs);
  const judged = inTime.map((found): Judged => {
    const label = labelOf(found, labels);
    if (
      label === undefined || (label.kind !== found.kind && !IMPLIED[label.kind]?.includes(found.kind as AnomalyKind))
    ) {
      const cause = spillOf(found, labels);
      if (cause !== undefined) return { found, label: cause, verdict: "companion" };
    }
    if (label === undefined) return { found, label, verdict: "false" };
    if (isOfModel(found)) return { found, label, verdict: "companion" };
    if (!label.benign && label.kind === found.kind) {
      const verdict = taken.has(label.id) ? "repeat" : "true";
      taken.add(label.id);
      return { found, label, verdict };
    }
    if (IMPLIED[label.kind]?.includes(found.kind as AnomalyKind)) return { found, label, verdict: "companion" };
    return { found, label, verdict: label.benign ? "false" : "confused" };
  });
  return [...judged, ...withinOpen(inTime, labels.filter(({ id, benign }) => !benign && !taken.has(id)))];
}

/** Labels that lie within a case of their kind which was open already: it is of both. */
function withinOpen(cases: readonly FoundCase[], labels: readonly TruthLabel[]): Judged[] {
  return labels.flatMap((label) => {
    const found = cases.find((one) =>
      one.kind === label.kind && speaksOf(one, label) && one.openedUs < label.completeUs &&
      one.lastUs >= label.completeUs
    );
    return found === undefined ? [] : [{ found, label, verdict: "true" as const }];
  });
}

/** What a learnt model says has no label of its own. */
function isOfModel({ kind }: FoundCase): boolean {
  return isAnomalyKind(kind) && DETECTORS[kind].family === "model";
}

function labelOf(found: FoundCase, labels: readonly TruthLabel[]): TruthLabel | undefined {
  let best: TruthLabel | undefined;
  for (const label of labels) {
    if (!speaksOf(found, label)) continue;
    if (!inTimeOf(found, label)) continue;
    if (best === undefined || rank(found, label) < rank(found, best)) best = label;
  }
  return best;
}

/** The label of another pair that a case is the echo of. */
function spillOf(found: FoundCase, labels: readonly TruthLabel[]): TruthLabel | undefined {
  if (!SPILLED.includes(found.kind)) return undefined;
  return labels.find((label) =>
    SPILLING.has(label.kind) && label.pair !== found.pair && sharesCurrency(label.pair, found.pair) &&
    inTimeOf(found, label)
  );
}

function sharesCurrency(a: string, b: string): boolean {
  return [b.slice(0, 3), b.slice(3)].some((currency) => a.includes(currency));
}

function inTimeOf(found: FoundCase, label: TruthLabel): boolean {
  return found.openedUs >= label.startUs && found.openedUs <= label.endUs + LATE_US_MAX &&
    found.startUs >= label.startUs - EARLY_US_MAX && found.startUs <= label.endUs + LATE_US_MAX;
}

function speaksOf({ pair, others }: FoundCase, label: TruthLabel): boolean {
  return pair === label.pair || others.includes(label.pair);
}

/** Own kind first, then one that implies it, then the one that begins nearest. */
function rank({ kind, openedUs }: FoundCase, label: TruthLabel): number {
  const own = !label.benign && label.kind === kind;
  const implied = IMPLIED[label.kind]?.includes(kind as AnomalyKind) ?? false;
  return (own ? 0 : implied ? 1e15 : 2e15) + Math.abs(openedUs - label.completeUs);
}
