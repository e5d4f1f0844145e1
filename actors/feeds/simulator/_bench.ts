/**
 * Events per second of the simulator on one core, bare and with frames written.
 *
 * Run: `deno run --no-lock actors/feeds/simulator/_bench.ts [seconds of event time]`
 *
 * @module
 */
import { FrameWriter, type MarketEvent, parsePair } from "../../contract/mod.ts";
import { createSimulator } from "./mod.ts";

const START_US = Date.UTC(2024, 2, 5, 14) * 1000;
const seconds = Number(Deno.args[0] ?? 600);
const pairs = ["EURUSD", "USDJPY", "EURJPY", "GBPUSD", "USDCHF"].map((name) => parsePair(name)!);

for (const ratePerSecond of [20, 200]) {
  for (const framed of [false, true]) {
    const simulator = createSimulator({ seed: 1, pairs, startTimeUs: START_US, ratePerSecond, detail: "l3" });
    const writer = new FrameWriter();
    let events = 0;
    const sink = framed
      ? (_pair: string, event: MarketEvent) => {
        events++;
        if (!writer.add(event)) {
          writer.finish({ sourceId: 1, sourceSequence: 1, receiveTimeUs: 1 });
          writer.add(event);
        }
      }
      : () => events++;
    const startMs = performance.now();
    simulator.advance(START_US + seconds * 1e6, sink);
    const ms = performance.now() - startMs;
    const name = `${pairs.length} pairs at ${ratePerSecond} updates/s${framed ? ", with frames" : ""}`;
    console.log(
      `${name.padEnd(45)} ${events} events, ${(events / ms / 1000).toFixed(2)} M events/s, ` +
        `${(ms * 1e6 / events).toFixed(0)} ns/event, ${(seconds * 1000 / ms).toFixed(0)} times real time`,
    );
  }
}
