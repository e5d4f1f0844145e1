/**
 * A role for tests, run as a process: `deno run -A _role_fixture.ts NAME MODE`. It connects to `BEACON_PORT` so that the test
 * sees its life and death without waiting, and ends with code 7 when told something there.
 *
 * @module
 */
import { exitWithParent } from "./exit_with_parent.ts";

const [name = "role", mode = "ok"] = Deno.args;
const port = Number(Deno.env.get("BEACON_PORT"));
if (Deno.args.includes("--exit-with-parent")) exitWithParent(() => Deno.exit(0));
if (mode === "dies") {
  console.error("cannot open the door");
  Deno.exit(3);
}
const beacon = await Deno.connect({ hostname: "127.0.0.1", port });
await beacon.write(new TextEncoder().encode(`${name} ${Deno.pid}\n`));
console.log(`${name} says hello`);
Deno.addSignalListener("SIGTERM", () => {
  console.log(`${name} got SIGTERM`);
  if (mode !== "stubborn") Deno.exit(0);
});
if (mode === "nonsense") console.log("READY now");
else if (mode === "long") console.log("x".repeat(100_000));
if (mode !== "late" && mode !== "nonsense") console.log(`READY ${JSON.stringify({ name })}`);
const told = await beacon.read(new Uint8Array(1));
Deno.exit(told === null ? 8 : 7);
