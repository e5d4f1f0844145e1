import assert from "node:assert/strict";
import { jetstream, type JetStreamClient, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { systemClock } from "../../actors/adapters/clock.ts";
import { JetStreamLog } from "../../actors/adapters/jetstream_log.ts";
import { connectNats } from "../../actors/adapters/nats.ts";
import {
  actorSubject,
  type ActorTopic,
  MARKET_ACTOR,
  MarketSample,
  marketSubject,
  MESSAGE_ID_HEADER,
  MetricOptions,
  metricsSubject,
  type Pair,
  parsePair,
  STREAMS,
} from "../../actors/contract/mod.ts";
import { createMarketActor } from "../../actors/market/mod.ts";
import { createPairActor } from "../../actors/pair/mod.ts";
import type { Actor, LogMessage } from "../../actors/runtime/mod.ts";
import { originOf, outputId } from "../../actors/runtime/output_id.ts";
import { simulatedFrames } from "../support/simulated_frames.ts";
import { Stack } from "../support/stack.ts";

const PAIRS = ["EURUSD", "USDJPY", "EURJPY"].map((letters) => parsePair(letters)!) as [Pair, Pair, Pair];
const [EURUSD, USDJPY] = PAIRS;
const TOPICS: readonly ActorTopic[] = [MARKET_ACTOR, ...PAIRS];
const LOOK_AGAIN_MS = 20;
const FRAMES_AT_ONCE = 100;
/** Other options than the defaults, where a pair's samples show it. */
const OPTIONS = { sampleMs: 400, spread: { windowS: 7 } };

interface Where {
  term: number;
  sequence: number;
  unstoredOutputs: number;
  lagMessages: number;
  deadCount: number;
}

interface Output {
  id: string;
  subject: string;
  payload: string;
}

/** Ask an actor where it is until the answer satisfies; nobody answers while it comes and goes. */
async function whereabouts(nc: NatsConnection, topic: ActorTopic, satisfied: (where: Where) => boolean) {
  for (;;) {
    try {
      const reply = await nc.request(actorSubject(topic, "where"), "", { timeout: 1_000 });
      if (reply.data.length > 0) {
        const where = reply.json<Where>();
        if (satisfied(where)) return where;
      }
    } catch {
      // Not there yet.
    }
    await systemClock.sleep(LOOK_AGAIN_MS);
  }
}

async function lastSequence(nc: NatsConnection, stream: string): Promise<number> {
  return (await (await jetstreamManager(nc)).streams.info(stream)).state.last_seq;
}

/** Publish frames in their order. */
async function publish(js: JetStreamClient, frames: readonly { pair: Pair; data: Uint8Array }[]): Promise<void> {
  for (let from = 0; from < frames.length; from += FRAMES_AT_ONCE) {
    await Promise.all(
      frames.slice(from, from + FRAMES_AT_ONCE).map(({ pair, data }) => js.publish(marketSubject(pair), data)),
    );
  }
}

/** Wait until every actor has folded all that is in the log for it, and everything it said is stored. */
async function folded(nc: NatsConnection): Promise<number> {
  const log = new JetStreamLog(nc, STREAMS.market.name);
  for (const topic of TOPICS) {
    const newest = await log.newestSequence(topic === MARKET_ACTOR ? "fx.market.*" : marketSubject(topic as Pair));
    await whereabouts(nc, topic, (where) => where.sequence === newest && where.unstoredOutputs === 0);
  }
  return await lastSequence(nc, STREAMS.market.name);
}

async function messagesOf(nc: NatsConnection, stream: string, subject: string): Promise<(Output & LogMessage)[]> {
  const consumer = await jetstream(nc).consumers.get(stream, { filter_subjects: subject });
  const list: (Output & LogMessage)[] = [];
  if ((await consumer.info()).num_pending === 0) return list;
  for await (const message of await consumer.consume()) {
    const { info: { streamSequence: sequence, pending: pendingCount }, data, headers } = message;
    const id = headers?.get(MESSAGE_ID_HEADER) ?? "";
    list.push({ id, payload: message.string(), subject: message.subject, sequence, data, timeMs: 0, pendingCount });
    if (pendingCount === 0) break;
  }
  return list;
}

/** What an actor says of the log without any runtime; from each sequence of the list on, as another object that goes on from its snapshot. */
function expectedOf(
  log: readonly LogMessage[],
  createdMs: number,
  actors: readonly [Actor<unknown>, number][],
): Output[] {
  const outputs: Output[] = [];
  let [actor] = actors[0]!;
  let state = actor.initial();
  const waiting = actors.slice(1);
  for (const entry of log) {
    if (waiting.length > 0 && entry.sequence > waiting[0]![1]) {
      const [next] = waiting.shift()!;
      state = next.restore(actor.snapshot(state), actor.versions);
      actor = next;
    }
    if (actor.input !== "fx.market.*" && actor.input !== entry.subject) continue;
    let index = 0;
    actor.receive(state, entry, (subject, payload) => {
      const id = outputId(originOf(actor.name, createdMs), { sequence: entry.sequence, index: index++ });
      outputs.push({ id, subject, payload });
    });
  }
  return outputs;
}

Deno.test("a node that is killed, and a pair whose options change twice, leave neither hole nor repeat, for the market as for each pair", async () => {
  const frames = simulatedFrames({ pairs: PAIRS, eventCount: 24_000 });
  const part = (from: number, to: number) => frames.slice(frames.length * from, frames.length * to);
  const file = await Deno.makeTempFile({ suffix: ".json" });
  await using stack = await Stack.start({ pairs: PAIRS.join(), roles: ["actors"] });
  const nc = await connectNats({ url: stack.nats.url, name: "test" });
  try {
    await Deno.writeTextFile(file, JSON.stringify(OPTIONS));
    const js = jetstream(nc);
    const change = async (options: string): Promise<number> => {
      const sequence = await folded(nc);
      const { term } = await whereabouts(nc, EURUSD, () => true);
      const { code, stdout } = await stack.run("actors/pairs_main.ts", ["options", EURUSD, options]);
      assert.deepEqual([code, stdout], [0, "EURUSD  has other options; its windows begin anew\n"]);
      await whereabouts(nc, EURUSD, (where) => where.term > term && where.sequence > 0);
      return sequence;
    };
    await publish(js, part(0, 0.3));
    const firstChange = await change(file);
    await publish(js, part(0.3, 0.4));
    await js.publish(marketSubject(USDJPY), "not a frame");
    await js.publish("fx.market.XXXYYY", "no such pair");
    await publish(js, part(0.4, 0.6));
    const secondChange = await change("default");
    const { term } = await whereabouts(nc, MARKET_ACTOR, () => true);

    const publishing = publish(js, part(0.6, 1));
    await whereabouts(nc, MARKET_ACTOR, ({ sequence }) => sequence > secondChange + 200);
    await stack.kill("actors");
    await publishing;
    await stack.start("actors");
    await folded(nc);
    const where = await whereabouts(nc, MARKET_ACTOR, () => true);
    assert.deepEqual([where.term, where.lagMessages, where.deadCount], [term + 1, 0, 0]);

    const log = await messagesOf(nc, STREAMS.market.name, "fx.market.*");
    assert.equal(log.length, frames.length + 2);
    const { created } = await (await jetstreamManager(nc)).streams.info(STREAMS.market.name);
    const createdMs = Date.parse(created);
    const of = (pair: Pair, options = {}) => createPairActor(pair, MetricOptions.parse(options)) as Actor<unknown>;
    for (const topic of TOPICS) {
      const actors: [Actor<unknown>, number][] = topic === MARKET_ACTOR
        ? [[createMarketActor() as Actor<unknown>, 0]]
        : topic === EURUSD
        ? [[of(EURUSD), 0], [of(EURUSD, OPTIONS), firstChange], [of(EURUSD), secondChange]]
        : [[of(topic as Pair), 0]];
      const expected = expectedOf(log, createdMs, actors);
      const samples = await messagesOf(nc, STREAMS.metrics.name, metricsSubject(topic));
      const cases = await messagesOf(nc, STREAMS.anomalies.name, `fx.anomaly.${topic}.>`);
      assert(samples.length > 50, `${topic}: ${samples.length} samples`);
      const bySubject = (outputs: readonly Output[]) =>
        Map.groupBy(outputs.map(({ id, subject, payload }) => ({ id, subject, payload })), ({ subject }) => subject);
      assert.deepEqual(bySubject([...samples, ...cases]), bySubject(expected), topic);
    }
    const last = MarketSample.parse(
      JSON.parse((await messagesOf(nc, STREAMS.metrics.name, metricsSubject(MARKET_ACTOR))).at(-1)!.payload),
    );
    assert.deepEqual(last.counts.rejected, { "frame-truncated": 1, "subject-unknown": 1 });
    assert.equal(await lastSequence(nc, STREAMS.dead.name), 0);
  } finally {
    await nc.close();
    await Deno.remove(file);
  }
});
