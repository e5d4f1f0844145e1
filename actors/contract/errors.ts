/**
 * Errors that callers catch, told apart by class and code, never by their text.
 *
 * @module
 */

export type FrameErrorCode = "truncated" | "oversized" | "foreign" | "version" | "inconsistent" | "too-many-entries";

/** A market frame that cannot be read as a whole. Its neighbours are not concerned. */
export class FrameError extends Error {
  override readonly name = "FrameError";
  readonly code: FrameErrorCode;
  constructor(code: FrameErrorCode, message: string) {
    super(`Cannot read market frame: ${message}`);
    this.code = code;
  }
}

/** Configuration that cannot be used. `problems` has one line for each wrong name; all are reported at once. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`Cannot use this configuration:\n${problems.map((line) => `  ${line}`).join("\n")}`);
    this.problems = problems;
  }
}
