/**
 * What became of recent alerts along their routes, and how each route does.
 *
 * @module
 */
import { Delivery, type DeliveryState } from "../../actors/contract/mod.ts";

/** Deliveries that are kept, one for each message of an alert and route. Overflow: the one that was told of longest ago goes. */
export const RECENT_DELIVERIES_MAX = 5_000;

/** How a route does. */
export interface RouteHealth {
  deliveredCount: number;
  refusedCount: number;
  givenUpCount: number;
  retryingCount: number;
  lastDeliveredMs: number | undefined;
  /** First failure since something was delivered. */
  failingSinceMs: number | undefined;
  fault: Delivery["fault"];
}

export class RecentDeliveries {
  /** The newest of each message and route; those that were told of last stand last. */
  readonly #kept = new Map<string, Delivery>();
  readonly #routes = new Map<string, RouteHealth>();
  /** Whether everything that is kept is here, and messages arrive. */
  followed = false;
  /** Messages that were not of the schema. */
  rejectedCount = 0;

  /** Of an alert, those of its messages that were told of first stand first. */
  of(alertId: string): Delivery[] {
    return [...this.#kept.values()].filter((delivery) => delivery.alertId === alertId)
      .sort((a, b) => (a.alertSequence! - b.alertSequence!) || (a.route < b.route ? -1 : 1));
  }

  /** `undefined` where nothing was sent along it yet. */
  health(route: string): RouteHealth | undefined {
    return this.#routes.get(route);
  }

  take(data: Uint8Array): void {
    let delivery: Delivery;
    try {
      delivery = Delivery.parse(JSON.parse(new TextDecoder().decode(data)));
    } catch {
      this.rejectedCount++;
      return;
    }
    const { route, state, alertSequence, logCreatedMs } = delivery;
    if (state === "passed" || alertSequence === undefined) return;
    const key = `${route} ${logCreatedMs} ${alertSequence}`;
    const before = this.#kept.get(key)?.state;
    this.#kept.delete(key);
    this.#kept.set(key, delivery);
    this.#count(delivery, before);
    if (this.#kept.size > RECENT_DELIVERIES_MAX) this.#forgetOne();
  }

  #count({ route, state, timeMs, fault }: Delivery, before: DeliveryState | undefined): void {
    let health = this.#routes.get(route);
    if (health === undefined) {
      health = {
        deliveredCount: 0,
        refusedCount: 0,
        givenUpCount: 0,
        retryingCount: 0,
        lastDeliveredMs: undefined,
        failingSinceMs: undefined,
        fault: undefined,
      };
      this.#routes.set(route, health);
    }
    if (before === "retrying") health.retryingCount--;
    if (state === "retrying") health.retryingCount++;
    else if (state !== before) {
      if (state === "delivered") health.deliveredCount++;
      if (state === "refused") health.refusedCount++;
      if (state === "given-up") health.givenUpCount++;
    }
    if (state === "delivered") {
      health.lastDeliveredMs = timeMs;
      health.failingSinceMs = health.fault = undefined;
    } else {
      health.failingSinceMs ??= timeMs;
      health.fault = fault;
    }
  }

  #forgetOne(): void {
    const [key, { route, state }] = this.#kept.entries().next().value!;
    this.#kept.delete(key);
    if (state === "retrying") this.#routes.get(route)!.retryingCount--;
  }

  follow(): void {
    this.followed = true;
  }

  lose(): void {
    this.followed = false;
  }

  /** The log begins anew. */
  clear(): void {
    this.#kept.clear();
    this.#routes.clear();
    this.lose();
  }
}
