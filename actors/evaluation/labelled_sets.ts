/**
 * Forests on public labelled sets: the area under the ROC curve.
 *
 * Half-space trees take the rows in their order, each scored before it is learnt, on features scaled to [0, 1] by the whole set; rows
 * before the first window has ended have no score and do not count. An isolation forest is trained on the whole set and scores it.
 * Online isolation forests and random cut forests take the rows in their order, each scored before it is learnt, and know so many of the
 * last. These are the protocols of the papers.
 *
 * @module
 */
import {
  type HalfSpaceScoring,
  HalfSpaceTrees,
  IsolationForest,
  OnlineIsolationForest,
  RandomCutForest,
  SeededHalfSpaceSplits,
  VectorWindow,
} from "../detectors/mod.ts";
import { fixed, table } from "./report.ts";

/** Rows of numbers and whether each is an anomaly. */
export interface LabelledSet {
  readonly name: string;
  readonly dimensions: number;
  /** Row after row. */
  readonly values: Float64Array;
  readonly anomalous: Uint8Array;
}

/** Read a CSV with a head, the label (0 or 1) in the last column. @throws {RangeError} on a row that is not of numbers. */
export function readLabelledSet(name: string, text: string): LabelledSet {
  const lines = text.split("\n").filter((line) => line !== "");
  const dimensions = lines[0]!.split(",").length - 1;
  const rows = lines.length - 1;
  const values = new Float64Array(rows * dimensions);
  const anomalous = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const cells = lines[row + 1]!.split(",").map(Number);
    if (cells.length !== dimensions + 1 || cells.some((cell) => cell !== cell)) {
      throw new RangeError(`${name}, row ${row + 1}: expected ${dimensions + 1} numbers`);
    }
    anomalous[row] = cells[dimensions]!;
    for (let k = 0; k < dimensions; k++) values[row * dimensions + k] = cells[k]!;
  }
  return { name, dimensions, values, anomalous };
}

/** Features scaled to [0, 1] by the set's own extremes; a constant one is 0. */
function scaled({ dimensions, values }: LabelledSet): Float64Array {
  const result = new Float64Array(values.length);
  for (let k = 0; k < dimensions; k++) {
    let low = Infinity;
    let high = -Infinity;
    for (let i = k; i < values.length; i += dimensions) {
      low = Math.min(low, values[i]!);
      high = Math.max(high, values[i]!);
    }
    for (let i = k; i < values.length; i += dimensions) result[i] = high > low ? (values[i]! - low) / (high - low) : 0;
  }
  return result;
}

/** AUC of half-space trees as the paper has them. */
export function halfSpaceAuc(set: LabelledSet, { seed, scoring }: { seed: number; scoring: HalfSpaceScoring }): number {
  const { dimensions } = set;
  const trees = new HalfSpaceTrees({ dimensions, scoring, splits: new SeededHalfSpaceSplits(seed, dimensions) });
  return prequentialAuc({ ...set, values: scaled(set) }, (vector) => {
    const score = trees.score(vector);
    trees.learn(vector);
    return score;
  });
}

/** AUC of an isolation forest as the paper has it. */
export function isolationAuc({ dimensions, values, anomalous }: LabelledSet, seed: number): number {
  const rows = anomalous.length;
  const window = new VectorWindow({ dimensions, capacity: rows });
  window.values.set(values);
  window.count = rows;
  const forest = new IsolationForest({ dimensions, capacity: rows, seed });
  forest.begin(window);
  forest.grow(Infinity);
  const scores = Array.from(
    { length: rows },
    (_, row) => forest.score(values.subarray(row * dimensions, (row + 1) * dimensions))!,
  );
  return aucOf(scores, [...anomalous]);
}

/** Rows that forests which forget know at once. */
const ONLINE_ROWS = 2_048;
const RANDOM_CUT_ROWS = 256;

/** AUC of an online isolation forest of the last rows. */
export function onlineIsolationAuc(set: LabelledSet, seed: number): number {
  const forest = new OnlineIsolationForest({ dimensions: set.dimensions, windowCount: ONLINE_ROWS, seed });
  const { values, dimensions } = set;
  const rowAt = (row: number) => values.subarray(row * dimensions, (row + 1) * dimensions);
  return prequentialAuc(set, (vector, row) => {
    const score = forest.score(vector);
    if (row >= ONLINE_ROWS) forest.forget(rowAt(row - ONLINE_ROWS));
    forest.learn(vector);
    return score;
  });
}

/** AUC of a robust random cut forest of the last rows, on features scaled to [0, 1] by the whole set. */
export function randomCutAuc(set: LabelledSet, seed: number): number {
  const points = new VectorWindow({ dimensions: set.dimensions, capacity: RANDOM_CUT_ROWS });
  const forest = new RandomCutForest({ points, seed });
  return prequentialAuc({ ...set, values: scaled(set) }, (vector, row) => {
    const score = forest.score(vector);
    const slot = row % RANDOM_CUT_ROWS;
    if (points.isFull) {
      forest.forget(slot);
      points.set(slot, vector);
    } else points.push(vector);
    forest.learn(slot);
    return score;
  });
}

/** AUC of a model that takes the rows in their order and answers their scores; rows without a score do not count. */
function prequentialAuc(
  { dimensions, values, anomalous }: LabelledSet,
  take: (vector: Float64Array, row: number) => number | undefined,
): number {
  const scores: number[] = [];
  const labels: number[] = [];
  anomalous.forEach((label, row) => {
    const score = take(values.subarray(row * dimensions, (row + 1) * dimensions), row);
    if (score === undefined) return;
    scores.push(score);
    labels.push(label);
  });
  return aucOf(scores, labels);
}

/** A table of sets and forests: the mean area of some seeds and its deviation. */
export function forestTable(sets: Iterable<LabelledSet>, seeds: readonly number[]): string {
  const rows = [...sets].map((set) => {
    const cell = (auc: (seed: number) => number) => {
      const areas = seeds.map(auc);
      const mean = areas.reduce((sum, area) => sum + area, 0) / areas.length;
      const variance = areas.reduce((sum, area) => sum + (area - mean) ** 2, 0) / Math.max(1, areas.length - 1);
      return `${fixed(mean, 3)} ± ${fixed(Math.sqrt(variance), 3)}`;
    };
    return [
      set.name,
      `${set.anomalous.length} × ${set.dimensions}`,
      cell((seed) => halfSpaceAuc(set, { seed, scoring: "terminal-node" })),
      cell((seed) => halfSpaceAuc(set, { seed, scoring: "path-sum" })),
      cell((seed) => isolationAuc(set, seed)),
      cell((seed) => onlineIsolationAuc(set, seed)),
      cell((seed) => randomCutAuc(set, seed)),
    ];
  });
  return table(["set", "rows", "half-space trees", "by path sum", "isolation forest", "online", "random cut"], rows);
}

/** Chance that an anomaly scores higher than another row; equal scores count half. */
export function aucOf(scores: readonly number[], labels: readonly number[]): number {
  const order = scores.map((_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let rankSum = 0;
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++;
    for (let i = from; i < to; i++) if (labels[order[i]!] === 1) rankSum += (from + to + 1) / 2;
    from = to;
  }
  const positive = labels.reduce((sum, label) => sum + label, 0);
  const negative = labels.length - positive;
  return (rankSum - (positive * (positive + 1)) / 2) / (positive * negative);
}
