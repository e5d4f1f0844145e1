/**
 * Carries alerts to where people are.
 *
 * @module
 */
export { exampleAlert } from "./alert_words.ts";
export { Courier, type Ledger } from "./courier.ts";
export { courierReport, courierTask } from "./courier_task.ts";
export { type OpenRoute, readRoutes } from "./route_file.ts";
export { DeliveryFault, type Outgoing, type Sender } from "./sender.ts";
