import assert from "node:assert/strict";
import type { EventJson } from "../contract/mod.ts";
import { anomalyOf } from "../../tests/support/anomalies.ts";
import { CaseTape } from "./mod.ts";

const at = (seconds: string) => `2023-11-14T22:13:${seconds}Z`;

Deno.test("`CaseTape` shows what is near a case, and marks what is in it", () => {
  const lines: string[] = [];
  const tape = new CaseTape({
    anomaly: anomalyOf({ startS: 0, endS: 2, phase: "close" }),
    marginUs: 1e6,
    write: (line) => lines.push(line),
  });
  tape.head();
  assert.match(lines[0]!, /^Spread blowout of EURUSD: The spread was 7 times/);
  assert(lines.some((line) => /spreadBps +1\.5 +\S/.test(line)));
  lines.splice(0);
  const common = { pair: "EURUSD" } as const;
  const events: EventJson[] = [
    { ...common, kind: "level", time: at("10"), side: "bid", price: 1.1, size: 1e6 },
    { ...common, kind: "quote", time: at("19.5"), bid: 1.1, ask: 1.2, bidSize: 1e6 },
    { ...common, kind: "level", time: at("20.25"), side: "bid", price: 1.1, size: 5e6 },
    { ...common, kind: "order", time: at("21"), side: "ask", price: 1.2, size: 0, id: 7 },
    { ...common, kind: "trade", time: at("22.5"), price: 1.1, size: 2e6, side: "sell", buyer: 1, seller: 2 },
    { ...common, kind: "clear", time: at("22.75") },
    { ...common, kind: "level", time: at("22.8"), side: "bid", price: 1.1, size: 1e6, snapshot: true },
    { ...common, kind: "status", time: at("40"), status: "gap" },
  ];
  for (const event of events) tape.take(event);
  assert.deepEqual(lines, [
    "22:13:19.500000   quote  1.1 / 1.2  1.00m × –",
    "                ┌ the case begins",
    "22:13:20.250000 │ bid    1.1  5.00m  (+4.00m)",
    "22:13:21.000000 │ order  ask 1.2  gone  #7",
    "                └ its last evidence",
    "22:13:22.500000   trade  sell 2.00m at 1.1  1 bought of 2",
    "22:13:22.750000   clear  the book is told anew",
    "22:13:22.800000   bid    1.1  1.00m  (+1.00m)  told anew",
  ]);
  assert.equal(tape.eventCount, 6);
});
