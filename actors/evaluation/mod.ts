/**
 * Evaluation: how well the detectors find what was planted, and what another configuration would have changed.
 *
 * @module
 */
export { compare, type Comparison, comparisonText, merged } from "./comparison.ts";
export { CaseCollector, Folding } from "./folding.ts";
export { forestTable, type LabelledSet, readLabelledSet } from "./labelled_sets.ts";
export { type FoundCase, judge, type Judged } from "./matching.ts";
export { type MarketRun, type MarketRunOptions, runMarket } from "./market_run.ts";
export { RecordingFold } from "./recording_fold.ts";
export { type Evaluation, plantedKinds, reportOf } from "./report.ts";
export { StaticRules } from "./static_rules.ts";
export { figuresOf, type RunResult } from "./tally.ts";
