/**
 * The verdict: what the nodes published is, byte for byte, what one undisturbed fold of the same log emits, and the log holds what the
 * feed sent.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import {
  type ActorTopic,
  MARKET_ACTOR,
  MESSAGE_ID_HEADER,
  metricsSubject,
  type Pair,
  pairOfSubject,
  STREAMS,
} from "../../actors/contract/mod.ts";
import { createMarketActor } from "../../actors/market/mod.ts";
import { createPairActor } from "../../actors/pair/mod.ts";
import type { Actor } from "../../actors/runtime/mod.ts";
import { originOf, outputId } from "../../actors/runtime/output_id.ts";
import type { SentFrame } from "./feed.ts";

/** Violations told of one pair; more of them say nothing more. */
const TOLD_MAX = 5;

export interface StoredFrame {
  readonly sequence: number;
  readonly storedMs: number;
}

/** A sample that the fold emits. */
export interface ExpectedSample {
  readonly messageId: string;
  readonly payload: string;
  /** The frame whose first event behind the interval closes it. */
  readonly closedBy: StoredFrame;
}

export interface ExpectedPair {
  readonly samples: ExpectedSample[];
  /** What is said about cases, by subject: only within one is the order that of the fold. */
  readonly cases: Map<string, ExpectedSample[]>;
  readonly frames: StoredFrame[];
}

interface Fold extends ExpectedPair {
  readonly actor: Actor<unknown>;
  readonly state: unknown;
  readonly origin: string;
}

export interface StoredSample {
  readonly messageId: string | undefined;
  readonly payload: string;
  readonly storedMs: number;
}

/** Fold the whole log in this process; what of it is not as the feed sent it is told. */
export async function foldLog(
  nc: NatsConnection,
  sent: ReadonlyMap<Pair, readonly SentFrame[]>,
): Promise<{ expected: ReadonlyMap<ActorTopic, ExpectedPair>; violations: string[] }> {
  const { created } = await (await jetstreamManager(nc)).streams.info(STREAMS.market.name);
  const folds = new Map<ActorTopic, Fold>();
  const violations: string[] = [];
  const begin = (topic: ActorTopic, actor: Actor<unknown>): Fold => {
    const fold = {
      actor,
      state: actor.initial(),
      origin: originOf(actor.name, Date.parse(created)),
      samples: [],
      cases: new Map<string, ExpectedSample[]>(),
      frames: [],
    };
    folds.set(topic, fold);
    return fold;
  };
  for (const pair of sent.keys()) begin(pair, createPairActor(pair) as Actor<unknown>);
  const market = begin(MARKET_ACTOR, createMarketActor() as Actor<unknown>);
  for await (const { subject, sequence, data, storedMs, messageId } of messages(nc, STREAMS.market.name)) {
    const pair = pairOfSubject(subject)!;
    const fold = folds.get(pair)!;
    const frame = sent.get(pair)![fold.frames.length];
    if (frame?.messageId !== messageId || frame?.crc !== crc32(data)) {
      violations.push(`MARKET ${sequence}: ${messageId} at place ${fold.frames.length}, sent was ${frame?.messageId}`);
    }
    for (const { actor, state, origin, samples, cases, frames } of [fold, market]) {
      const closedBy = { sequence, storedMs };
      frames.push(closedBy);
      let index = 0;
      actor.receive(state, { sequence, subject, data }, (output, payload) => {
        const emitted = { messageId: outputId(origin, { sequence, index: index++ }), payload, closedBy };
        if (!output.startsWith("fx.anomaly.")) samples.push(emitted);
        else if (cases.has(output)) cases.get(output)!.push(emitted);
        else cases.set(output, [emitted]);
      });
    }
  }
  for (const [pair, frames] of sent) {
    const count = folds.get(pair)!.frames.length;
    if (count !== frames.length) violations.push(`MARKET ${pair}: ${count} frames, sent were ${frames.length}`);
  }
  return { expected: folds, violations };
}

/** Every sample as it is stored, by whose it is and in order. */
export async function storedSamples(
  nc: NatsConnection,
  topics: readonly ActorTopic[],
): Promise<Map<ActorTopic, StoredSample[]>> {
  const stored = new Map(topics.map((topic) => [metricsSubject(topic), [] as StoredSample[]]));
  for await (const { subject, data, storedMs, messageId } of messages(nc, STREAMS.metrics.name)) {
    stored.get(subject)!.push({ messageId, payload: new TextDecoder().decode(data), storedMs });
  }
  return new Map(topics.map((topic) => [topic, stored.get(metricsSubject(topic))!]));
}

/** Everything that is stored about cases, by subject and in order. */
export async function storedCases(nc: NatsConnection): Promise<Map<string, StoredSample[]>> {
  const stored = new Map<string, StoredSample[]>();
  for await (const { subject, data, storedMs, messageId } of messages(nc, STREAMS.anomalies.name)) {
    const message = { messageId, payload: new TextDecoder().decode(data), storedMs };
    if (stored.has(subject)) stored.get(subject)!.push(message);
    else stored.set(subject, [message]);
  }
  return stored;
}

/** The same of what is said about cases. */
export function compareCases(
  expected: ReadonlyMap<ActorTopic, ExpectedPair>,
  stored: ReadonlyMap<string, readonly StoredSample[]>,
): string[] {
  const bySubject = new Map([...expected.values()].flatMap(({ cases }) => [...cases]));
  const subjects = new Set([...bySubject.keys(), ...stored.keys()]);
  return [...subjects].flatMap((subject) => {
    const wanted = (bySubject.get(subject) ?? []).map(({ messageId, payload }) => `${messageId} ${payload}`);
    const there = (stored.get(subject) ?? []).map(({ messageId, payload }) => `${messageId} ${payload}`);
    const at = wanted.findIndex((text, i) => text !== there[i]);
    if (at < 0 && wanted.length === there.length) return [];
    return [
      `${subject}: ${there.length} messages, expected ${wanted.length}; at ${at}: ${there[at]}, expected ${wanted[at]}`,
    ];
  });
}

/** Where what is stored differs from what the fold emits. */
export function compare(
  expected: ReadonlyMap<ActorTopic, ExpectedPair>,
  stored: ReadonlyMap<ActorTopic, readonly StoredSample[]>,
): string[] {
  const violations: string[] = [];
  for (const [pair, { samples }] of expected) {
    const list = stored.get(pair)!;
    const told: string[] = [];
    if (list.length !== samples.length) {
      told.push(`METRICS ${pair}: ${list.length} samples, expected ${samples.length}`);
    }
    const ids = new Set<string | undefined>();
    for (const [i, { messageId, payload }] of list.entries()) {
      if (ids.has(messageId)) told.push(`METRICS ${pair}: ${messageId} is there twice`);
      ids.add(messageId);
      const sample = samples[i];
      if (messageId !== sample?.messageId) {
        told.push(`METRICS ${pair} at place ${i}: ${messageId}, expected ${sample?.messageId}`);
      } else if (payload !== sample?.payload) {
        told.push(`METRICS ${pair} at place ${i}, ${messageId}: ${payload}\n    expected ${sample?.payload}`);
      }
      if (told.length >= TOLD_MAX) break;
    }
    violations.push(...told);
  }
  return violations;
}

interface Message {
  readonly subject: string;
  readonly sequence: number;
  readonly data: Uint8Array;
  readonly storedMs: number;
  readonly messageId: string | undefined;
}

/** Everything that a stream holds at this moment. */
async function* messages(nc: NatsConnection, stream: string): AsyncGenerator<Message> {
  const { state } = await (await jetstreamManager(nc)).streams.info(stream);
  if (state.messages === 0) return;
  const consumer = await jetstream(nc).consumers.get(stream);
  for await (const message of await consumer.consume({ max_messages: 1_000 })) {
    yield {
      subject: message.subject,
      sequence: message.seq,
      data: message.data,
      storedMs: message.info.timestampNanos / 1e6,
      messageId: message.headers?.get(MESSAGE_ID_HEADER),
    };
    if (message.seq >= state.last_seq) return;
  }
}
