/**
 * What every streaming estimator has in common.
 *
 * `update` takes what happened and when; `value` is `undefined` until the estimator is warm, never NaN or infinite. State is a
 * flat list of numbers, so that a snapshot is one list and the conformance tests can treat all estimators alike: an
 * estimator that is restored continues exactly as the one that wrote the snapshot.
 *
 * @module
 */
export interface Estimator {
  /** The whole state. */
  snapshot(): number[];
  /** Take over what `snapshot` wrote; the instance must have been made with the same options. */
  restore(state: readonly number[]): void;
}

/** A number as an estimator's value: `undefined` in place of NaN and the infinities. */
export function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
