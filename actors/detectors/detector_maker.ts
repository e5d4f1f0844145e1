/**
 * What detectors are made with.
 *
 * @module
 */
import type { AnomalyKind, DetectionOptions, Pair } from "../contract/mod.ts";
import { Case, type CaseOptions } from "./case.ts";

export class DetectorMaker {
  readonly pair: Pair;
  readonly options: DetectionOptions;

  constructor(pair: Pair, options: DetectionOptions) {
    this.pair = pair;
    this.options = options;
  }

  /** The case of a kind. */
  case<K extends AnomalyKind>(kind: K, rest: Pick<CaseOptions<K>, "quietUs" | "sentence" | "others">): Case<K> {
    const { updateMs, scoreMin } = this.options;
    return new Case({ pair: this.pair, kind, updateUs: updateMs * 1_000, scoreMin, ...rest });
  }
}
