/**
 * Figures of anyone's JSON: read and framed in this process, requested over NATS, posted over HTTP.
 *
 * Beside them the bare JSON and the bare request over NATS, as the limits.
 *
 * Run: `deno task bench ingest`
 *
 * @module
 */
import { connectNats } from "../../actors/adapters/nats.ts";
import { ingestSubject, type Pair, parsePair } from "../../actors/contract/mod.ts";
import { Ingest } from "../../actors/feeds/mod.ts";
import { Stack } from "../support/stack.ts";

const EVENTS = 200_000;
const EVENTS_PER_REQUEST = 1_000;
const REQUESTS = 3_000;
const EURUSD = parsePair("EURUSD") as Pair;
const START_US = Date.now() * 1_000;

const line = (name: string, value: string) => console.log(`${name.padEnd(58)} ${value}`);
const perSecond = (count: number, startMs: number) =>
  `${Math.round(count / (performance.now() - startMs) * 1_000).toLocaleString("en")} /s`;
const quote = (i: number) =>
  `{"kind":"quote","pair":"EURUSD","timeUs":${START_US + i},"bid":1.1${i % 9},"ask":1.2${i % 7},"bidSize":1000000}`;

function percentiles(ms: number[]): string {
  ms.sort((a, b) => a - b);
  const at = (p: number) => (ms[Math.min(ms.length - 1, Math.floor(p * ms.length))] ?? NaN).toFixed(2);
  return `p50 ${at(0.5)} ms  p99 ${at(0.99)} ms  max ${at(1)} ms  (${ms.length})`;
}

const requests: string[] = [];
for (let from = 0; from < EVENTS; from += EVENTS_PER_REQUEST) {
  requests.push(Array.from({ length: EVENTS_PER_REQUEST }, (_, i) => quote(from + i)).join("\n"));
}

{
  const encoded = requests.map((text) => new TextEncoder().encode(text));
  const startMs = performance.now();
  const ingest = new Ingest({
    store: { store: () => Promise.resolve({ isDuplicate: false }) },
    nowUs: () => START_US + EVENTS,
    instance: "bench",
  });
  for (const bytes of encoded) await ingest.take(bytes, EURUSD);
  line("in this process: events read, checked and framed", perSecond(EVENTS, startMs));
  const parseStartMs = performance.now();
  for (const text of requests) for (const one of text.split("\n")) JSON.parse(one);
  line("in this process: JSON.parse alone", perSecond(EVENTS, parseStartMs));
}

await using stack = await Stack.start({ pairs: "EURUSD", env: { FEED: "off" } });
await stack.start("feed");
const nc = await connectNats({ url: stack.nats.url, name: "bench" });

nc.subscribe("bench.echo", { callback: (_error, message) => void message.respond("{}") });
for (
  const [name, subject] of [["bare request over NATS", "bench.echo"], ["one event a request", ingestSubject(EURUSD)]]
) {
  const ms: number[] = [];
  for (let i = 0; i < REQUESTS; i++) {
    const startMs = performance.now();
    await nc.request(subject!, quote(EVENTS + i), { timeout: 10_000 });
    ms.push(performance.now() - startMs);
  }
  line(name!, percentiles(ms));
}
{
  const startMs = performance.now();
  for (const text of requests) await nc.request(ingestSubject(EURUSD), text, { timeout: 10_000 });
  line(`${EVENTS_PER_REQUEST} events a request, one at a time`, perSecond(EVENTS, startMs));
}
{
  const startMs = performance.now();
  const response = await fetch(`${stack.url}/api/ingest`, { method: "POST", body: ReadableStream.from(encode()) });
  const { accepted } = await response.json();
  if (accepted !== EVENTS) throw new Error(`${accepted} of ${EVENTS} events accepted`);
  line("POST /api/ingest, a stream of lines", perSecond(EVENTS, startMs));
}
await nc.close();

function* encode(): Generator<Uint8Array> {
  for (const text of requests) yield new TextEncoder().encode(`${text}\n`);
}
