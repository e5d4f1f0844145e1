/**
 * The connection to NATS.
 *
 * @module
 */
import type { NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { serverUrls } from "../contract/mod.ts";

export { ensureStorage, type EnsureStorageOptions } from "./storage.ts";

/** Time between two tries to reach a server that is away, with as much again at random. */
const RECONNECT_WAIT_MS = 100;
/** A server that does not greet in this time is away: its machine may be gone without a word. */
const GREETING_TIMEOUT_MS = 5_000;
/** A server that answers no ping for this long is taken for gone. */
const PING_INTERVAL_MS = 5_000;

export interface ConnectOptions {
  /** One server, or several of a cluster, separated by commas: whichever answers is used, and another when it goes. */
  url: string;
  /** Shown by the server's monitoring. */
  name: string;
  /** Keep trying when no server answers at first. @default {false} */
  waitOnFirstConnect?: boolean;
  /** @default {RECONNECT_WAIT_MS} */
  reconnectWaitMs?: number;
}

/** Connect, and stay connected: once up, the connection is tried again for ever. User and password may stand in the URL. */
export async function connectNats(options: ConnectOptions): Promise<NatsConnection> {
  const urls = serverUrls(options.url);
  const { username, password } = urls[0]!;
  const { reconnectWaitMs = RECONNECT_WAIT_MS } = options;
  return await connect({
    servers: urls.map(({ hostname, port }) => `${hostname}:${port || "4222"}`),
    name: options.name,
    user: username === "" ? undefined : decodeURIComponent(username),
    pass: password === "" ? undefined : decodeURIComponent(password),
    timeout: GREETING_TIMEOUT_MS,
    maxReconnectAttempts: -1,
    // A server that refuses the login for a while, as in a change of its configuration, is tried again like one that is away.
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: reconnectWaitMs,
    reconnectJitter: reconnectWaitMs,
    waitOnFirstConnect: options.waitOnFirstConnect ?? false,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: 2,
  });
}
