/**
 * What sends an alert on: one message at a time, to one place.
 *
 * @module
 */
import type { Alert, DeliveryFaultCode } from "../../actors/contract/mod.ts";

/** One message about an alert, on its way along a route. */
export interface Outgoing {
  readonly alert: Alert;
  /** The same in every attempt, so that a receiver knows what it has already. */
  readonly key: string;
  /** When it was written, milliseconds. */
  readonly timeMs: number;
}

export interface Sender {
  /** Where it leads, without keys. */
  readonly target: string;
  /**
   * Resolves when the receiver has it.
   *
   * @throws {DeliveryFault} where it has not, or may not have.
   */
  send(message: Outgoing, signal: AbortSignal): Promise<void>;
  /** Closes what it keeps open. */
  close(): void;
}

export interface DeliveryFaultOptions extends ErrorOptions {
  /** Not before so long. */
  retryAfterMs?: number;
}

/** A message that was not delivered. Its text names no key. */
export class DeliveryFault extends Error {
  override readonly name = "DeliveryFault";
  readonly code: DeliveryFaultCode;
  readonly retryAfterMs: number | undefined;

  constructor(code: DeliveryFaultCode, detail: string, { retryAfterMs, ...options }: DeliveryFaultOptions = {}) {
    super(detail, options);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the receiver will never take this message; everything else is worth another attempt. */
  get isFinal(): boolean {
    return this.code === "refused";
  }
}
