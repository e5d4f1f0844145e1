/**
 * Ids of outputs: `actor:log created, ms:input sequence:index`, a function of what was folded and of nothing else.
 *
 * @module
 */

/** Place of an output among those of one actor on one log: of two on one subject, the later one is greater. */
export interface OutputPosition {
  readonly sequence: number;
  readonly index: number;
}

/** First part of the ids of an actor on a log. */
export function originOf(actor: string, logCreatedMs: number): string {
  return `${actor}:${logCreatedMs}`;
}

/** @param origin which actor, on which log. */
export function outputId(origin: string, { sequence, index }: OutputPosition): string {
  return `${origin}:${sequence}:${index}`;
}

/** Read an id; one of another form, or of another origin, says nothing about this one. */
export function outputPosition(origin: string, id: string | undefined): OutputPosition | undefined {
  if (id === undefined || !id.startsWith(`${origin}:`)) return undefined;
  const match = /^(\d+):(\d+)$/.exec(id.slice(origin.length + 1));
  return match === null ? undefined : { sequence: Number(match[1]), index: Number(match[2]) };
}

export function isEarlier(a: OutputPosition, b: OutputPosition): boolean {
  return a.sequence < b.sequence || (a.sequence === b.sequence && a.index < b.index);
}
