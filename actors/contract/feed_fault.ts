/**
 * Why a connection to a source ended, or could not be made.
 *
 * The code says what follows: most faults are tried again after a growing pause, a refused key or configuration only after a long
 * one, a rate limit when the source says. The message is for people and holds no key.
 *
 * @module
 */
export type FeedFaultCode =
  /** No connection: no such host, nobody listens, no answer in time, a proxy that refuses. */
  | "unreachable"
  /** A certificate that does not verify. */
  | "certificate"
  /** The source refuses the key or account, or it has expired. */
  | "auth"
  /** The source asks for fewer requests. */
  | "rate-limited"
  /** An HTTP status that says none of these. */
  | "http"
  /** The source ended the connection. */
  | "closed"
  /** Nothing was heard for longer than the source ever keeps silent. */
  | "silent"
  /** What it sends cannot be understood, or contradicts itself. */
  | "protocol"
  /** The source serves nothing of what is asked for. */
  | "refused";

export class FeedFault extends Error {
  override readonly name = "FeedFault";
  readonly code: FeedFaultCode;
  /** When the source wants the next try, at the earliest. */
  readonly retryAfterMs: number | undefined;

  constructor(code: FeedFaultCode, message: string, options: ErrorOptions & { retryAfterMs?: number } = {}) {
    super(message, options);
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** What an HTTP status other than success means. `Retry-After` is in seconds or a date. */
export function httpFault(
  status: number,
  { what, retryAfter, nowMs }: { what: string; retryAfter?: string | null; nowMs: number },
): FeedFault {
  const code = status === 401 || status === 403 ? "auth" : status === 429 || status === 418 ? "rate-limited" : "http";
  return new FeedFault(code, `${what} answered with status ${status}`, {
    retryAfterMs: retryAfter ? retryAfterMs(retryAfter, nowMs) : undefined,
  });
}

function retryAfterMs(text: string, nowMs: number): number | undefined {
  const ms = /^\d{1,6}$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return ms >= 0 ? ms : undefined;
}
