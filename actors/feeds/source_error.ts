/**
 * A recording that cannot be read as a whole, or not to its end: a wrong header, an unknown format, broken compression.
 *
 * The message is for people and names the file. A single bad line is no such error: it is refused and counted.
 *
 * @module
 */
export class SourceError extends Error {
  override readonly name = "SourceError";
  /** Path of the file. */
  readonly path: string;
  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`Cannot read ${path}: ${reason}`, options);
    this.path = path;
  }
}
