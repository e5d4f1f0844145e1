/**
 * Keeps what is known of the alert that is looked at, and does what somebody does to alerts. What is done counts as done when the log
 * says so: the next live message of the alert.
 *
 * @module
 */
import { type Signal, signal } from "@preact/signals";
import type { Alert, AlertCommand } from "../actors/contract/alert.ts";
import type { AlertAnswer } from "../actors/contract/alert_api.ts";
import type { Delivery } from "../actors/contract/delivery.ts";
import type { Api, ApiError } from "./feed/api.ts";
import { isAlert } from "./model/live_message.ts";

/** Longest that the log is waited for. */
export const CONFIRM_MS = 5_000;
/** Pause before the archive is asked again for what was just said. */
const LOOK_AGAIN_MS = 1_500;

export interface AlertView {
  readonly id: string;
  /** Newest message; `undefined` before it is known. */
  readonly alert: Alert | undefined;
  /** Oldest first. */
  readonly history: readonly Alert[];
  readonly deliveries: readonly Delivery[];
  readonly loading: boolean;
  readonly error: ApiError | undefined;
}

export type AlertAction = Omit<AlertCommand, "v" | "id" | "by">;

/** What somebody has asked for and the log has not said yet, or why it was not done. */
export interface Doing {
  readonly id: string;
  readonly action: AlertCommand["action"];
  readonly error?: string;
}

export class AlertClient implements Disposable {
  readonly view: Signal<AlertView | undefined> = signal(undefined);
  readonly doing: Signal<Doing | undefined> = signal(undefined);
  readonly #api: Pick<Api, "get" | "send">;
  #request: AbortController | undefined;
  #lookTimer: ReturnType<typeof setTimeout> | undefined;
  #doingTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Pick<Api, "get" | "send">) {
    this.#api = api;
  }

  /** Looks at an alert, with what is known of it already; or at none. */
  show(id: string | undefined, known?: Alert): void {
    this[Symbol.dispose]();
    this.doing.value = undefined;
    this.view.value = id === undefined
      ? undefined
      : { id, alert: known, history: [], deliveries: [], loading: true, error: undefined };
    if (id !== undefined) void this.#look(id);
  }

  /** A newer message of an alert has arrived. */
  receive(alert: Alert): void {
    if (this.doing.peek()?.id === alert.id) this.#settle(undefined);
    const view = this.view.peek();
    if (view === undefined || view.id !== alert.id) return;
    this.view.value = { ...view, alert };
    // The archive has it a moment later.
    clearTimeout(this.#lookTimer);
    this.#lookTimer = setTimeout(() => void this.#look(alert.id), LOOK_AGAIN_MS);
  }

  retry(): void {
    const { id } = this.view.peek() ?? {};
    if (id !== undefined) void this.#look(id);
  }

  /** @param by who does it */
  async act(id: string, by: string, action: AlertAction): Promise<void> {
    this.#settle({ id, action: action.action });
    const answer = await this.#api.send("POST", `alerts/${encodeURIComponent(id)}`, {
      body: { ...action, by },
      is: isAlert,
    });
    const doing = this.doing.peek();
    if (doing?.id !== id || doing.error !== undefined) return;
    if (!answer.ok) return this.#settle({ ...doing, error: answer.error.message });
    this.#doingTimer = setTimeout(
      () => this.#settle({ ...doing, error: "It was taken, and nothing came of it: is an actor node running?" }),
      CONFIRM_MS,
    );
  }

  [Symbol.dispose](): void {
    this.#request?.abort();
    clearTimeout(this.#lookTimer);
    clearTimeout(this.#doingTimer);
  }

  #settle(doing: Doing | undefined): void {
    clearTimeout(this.#doingTimer);
    this.doing.value = doing;
  }

  async #look(id: string): Promise<void> {
    this.#request?.abort();
    const request = this.#request = new AbortController();
    const answer = await this.#api.get(`alerts/${encodeURIComponent(id)}`, {
      is: isAlertAnswer,
      signal: request.signal,
    });
    const view = this.view.peek();
    if (request.signal.aborted || view?.id !== id) return;
    if (!answer.ok) {
      this.view.value = { ...view, loading: false, error: answer.error };
      return;
    }
    const { alert, history, deliveries } = answer.value;
    // What came live meanwhile is newer than what the archive said.
    this.view.value = { id, alert: view.alert ?? alert, history, deliveries, loading: false, error: undefined };
  }
}

function isAlertAnswer(body: unknown): body is AlertAnswer {
  const answer = body as Partial<AlertAnswer> | null;
  return typeof answer === "object" && answer !== null && isAlert(answer.alert) && Array.isArray(answer.history) &&
    answer.history.every(isAlert) && Array.isArray(answer.deliveries);
}
