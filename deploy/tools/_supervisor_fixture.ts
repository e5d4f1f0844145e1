/**
 * A supervisor for tests, run as a process: it keeps two roles and a nats-server until it gets a signal, and prints the names
 * of what it stopped.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { LogWriter } from "./log_writer.ts";
import { natsService } from "./nats_service.ts";
import { roleService, Supervisor } from "./supervisor.ts";

const [storeDir = ".", mode = "ok"] = Deno.args;
const fixture = fileURLToPath(new URL("./_role_fixture.ts", import.meta.url));
const supervisor = new Supervisor({ log: new LogWriter() });
using _listening = supervisor.listen();
const nats = await supervisor.run(natsService({ storeDir }));
for (const name of ["one", "two"]) {
  const args = ["run", "-A", "--no-lock", fixture, name, mode];
  await supervisor.run(roleService({ name, args, stopTimeoutMs: 60_000 }));
}
console.log(`NATS ${nats.running.port}`);
console.log("UP");
const reason = await supervisor.stopped;
console.log(JSON.stringify(reason));
