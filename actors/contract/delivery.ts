/**
 * Deliveries: what became of an alert on its way along a route, on `fx.delivery.<route>`.
 *
 * The newest message of a route is also how far it is: everything up to `through`, and `beyond`, needs nothing more.
 *
 * @module
 */
import { z } from "zod";
import { AlertState } from "./alert.ts";
import { AlertRuleName } from "./alert_rule.ts";

/** Alerts of a route that are under way at a time. Overflow: the log keeps the others. */
export const UNDER_WAY_MAX = 64;
/**
 * Alerts of a route that are done behind one that is not. Overflow: that one is given up, for so many that came later were taken.
 */
export const BEYOND_MAX = 512;

export const DeliveryFaultCode = z.enum([
  "unreachable",
  "certificate",
  "private-address",
  "redirect",
  "timeout",
  "auth",
  "rate-limited",
  "failed",
  "refused",
]);
export type DeliveryFaultCode = z.infer<typeof DeliveryFaultCode>;

/**
 * What became of it: on `retrying` it is tried again; `refused` is what the receiver says of this one message; `given-up` was too old
 * for another try; `passed` says only how far the route is.
 */
export const DeliveryState = z.enum(["delivered", "retrying", "refused", "given-up", "passed"]);
export type DeliveryState = z.infer<typeof DeliveryState>;

export const Delivery = z.strictObject({
  v: z.literal(1),
  route: AlertRuleName,
  state: DeliveryState,
  timeMs: z.number().positive(),
  alertId: z.string().max(128).optional().describe("Left out where it only says how far the route is"),
  alertState: AlertState.optional(),
  alertSequence: z.int().nonnegative().optional().describe("Where the message stands in the stream ALERTS"),
  key: z.string().max(256).optional().describe("The idempotency key it is sent with, the same in every attempt"),
  attempt: z.int().positive().optional(),
  tookMs: z.number().nonnegative().optional().describe("From the alert's place in the log to the receiver's answer"),
  nextTryMs: z.number().positive().optional(),
  fault: z.strictObject({ code: DeliveryFaultCode, detail: z.string().max(300) }).optional(),
  logCreatedMs: z.number().describe("Which log the sequences are of"),
  through: z.int().nonnegative(),
  beyond: z.array(z.int().positive()).max(BEYOND_MAX),
}).meta({ id: "Delivery", title: "What became of an alert along a route" });
export type Delivery = z.infer<typeof Delivery>;
