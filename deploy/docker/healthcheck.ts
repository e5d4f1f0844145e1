/**
 * Health check of a role's container: `healthcheck.ts nats`, or `healthcheck.ts http PATH` for one that serves HTTP.
 *
 * `nats` asks for an established connection to a port of NATS_URL in this container's own network. That says more than it
 * seems: nats-server pings its clients and cuts off one whose event loop hangs, and the role does likewise with the server.
 * It needs `-A`, as Deno lets nothing less read `/proc`.
 *
 * @module
 */

/** Longest time for an answer over HTTP; less than the timeout of the health checks in docker-compose.yml. */
export const HTTP_TIMEOUT_MS = 4_000;

const ESTABLISHED = "01";

/** Whether a table of `/proc/net/tcp` or `tcp6` has an established connection to a remote port. */
export function isConnected(table: string, port: number): boolean {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return table.split("\n").slice(1).some((line) => {
    const [, , remote, state] = line.trim().split(/\s+/);
    return state === ESTABLISHED && remote !== undefined && remote.endsWith(suffix);
  });
}

async function connectedToNats(): Promise<boolean> {
  // One server of several is connected to.
  const urls = (Deno.env.get("NATS_URL") || "nats://127.0.0.1:4222").split(/\s*,\s*(?=[a-z]+:\/\/)/i);
  const ports = urls.map((url) => Number(new URL(url).port || 4222));
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((path) =>
      Deno.readTextFile(path).catch((error) => {
        // A kernel without IPv6 has no table for it.
        if (error instanceof Deno.errors.NotFound) return "";
        throw error;
      })
    ),
  );
  return tables.some((table) => ports.some((port) => isConnected(table, port)));
}

async function answersHttp(path: string): Promise<boolean> {
  const url = `http://127.0.0.1:${Deno.env.get("GATEWAY_PORT") || "8080"}${path}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(HTTP_TIMEOUT_MS) });
  await response.body?.cancel();
  return response.ok;
}

if (import.meta.main) {
  const [what, path = "/"] = Deno.args;
  const healthy = what === "http" ? await answersHttp(path) : await connectedToNats();
  if (!healthy) console.error(`unhealthy: ${what ?? "nats"}`);
  Deno.exit(healthy ? 0 : 1);
}
