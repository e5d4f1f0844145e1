/**
 * Real nodes on real servers, everything dying all the time: what they publish must be what an undisturbed fold emits.
 *
 * @module
 */
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { systemClock } from "../../actors/adapters/clock.ts";
import { connectNats, ensureStorage } from "../../actors/adapters/nats.ts";
import { ALL_PAIRS, MARKET_ACTOR, type Pair, STREAMS } from "../../actors/contract/mod.ts";
import { compare, compareCases, foldLog, storedCases, storedSamples } from "./check.ts";
import { ChaosFeed } from "./feed.ts";
import type { History, PhaseSpan } from "./figures.ts";
import { Fleet } from "./fleet.ts";
import { makePlan, type PlanOptions, type Step } from "./plan.ts";
import { Recorder } from "./record.ts";
import { oneServer, type Servers, threeServers } from "./servers.ts";

export const PAIRS: readonly Pair[] = ALL_PAIRS.slice(0, 12);
const NODES = ["a", "b", "c"];
const JOINER = "d";
/** How long the nodes may take to fold and publish the rest when nothing dies any more. */
const DRAIN_TIMEOUT_MS = 45_000;
const LOOK_AGAIN_MS = 100;

export interface ChaosOptions extends PlanOptions {
  /** Of all pairs together. */
  eventsPerSecond: number;
  /** Told what happens, line by line. */
  report?: (line: string) => void;
  /** Takes everything that the processes say. */
  lines?: string[];
}

export interface ChaosResult {
  readonly violations: readonly string[];
  readonly history: History;
  readonly phases: readonly PhaseSpan[];
  readonly eventCount: number;
  readonly deadCount: number;
  /** How long the nodes took to publish the rest. */
  readonly drainMs: number;
  /** What the processes said. */
  readonly lines: readonly string[];
}

export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { cluster, seed, eventsPerSecond, report = () => {}, lines = [] } = options;
  const { phases, steps } = makePlan(options);
  await using servers = cluster ? await threeServers() : await oneServer();
  const { url: natsUrl, replicas } = servers;
  const nc = await connectNats({ url: natsUrl, name: "chaos" });
  try {
    await ensureStorage(nc, { replicas });
    const recorder = new Recorder(nc, PAIRS);
    await using fleet = new Fleet({ natsUrl, replicas, pairs: PAIRS.join(), lines });
    await Promise.all(NODES.map((name) => fleet.start(name)));
    const feed = await ChaosFeed.start({ natsUrl, replicas, pairs: PAIRS, eventsPerSecond, seed });
    const startMs = Date.now();
    try {
      await Promise.race([perform(steps, { fleet, servers, untilMs: phases.at(-1)!.toMs, report }), feed.failed]);
    } catch (error) {
      await feed.stop().catch(() => {});
      throw error;
    }
    await feed.stop();
    const { expected, violations } = await foldLog(nc, feed.sent);
    const sampleCount = [...expected.values()].reduce((sum, { samples }) => sum + samples.length, 0);
    const drainMs = await drained(nc, sampleCount);
    await fleet.stopAll();
    await recorder.stop();
    const stored = await storedSamples(nc, [...PAIRS, MARKET_ACTOR]);
    return {
      violations: [...violations, ...compare(expected, stored), ...compareCases(expected, await storedCases(nc))],
      history: { recorder, lives: fleet.lives, expected, stored },
      phases: phases.map(({ name, fromMs, toMs }) => ({ name, fromMs: startMs + fromMs, toMs: startMs + toMs })),
      eventCount: feed.eventCount,
      deadCount: await countOf(nc, STREAMS.dead.name),
      drainMs,
      lines,
    };
  } finally {
    await nc.close();
  }
}

interface Scene {
  readonly fleet: Fleet;
  readonly servers: Servers;
  /** When it is all over. */
  readonly untilMs: number;
  readonly report: (line: string) => void;
}

/** Do each step at its time; resolves when all of them are done and everything that died is there again. */
async function perform(steps: readonly Step[], scene: Scene): Promise<void> {
  const startMs = performance.now();
  const elapsedMs = () => performance.now() - startMs;
  const underWay: Promise<void>[] = [];
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  for (const step of steps) {
    await Promise.race([systemClock.sleep(Math.max(0, step.atMs - elapsedMs())), failed.promise]);
    scene.report(`${(elapsedMs() / 1000).toFixed(1).padStart(6)} s  ${told(step)}`);
    const doing = performOne(step, scene);
    doing.catch(failed.reject);
    underWay.push(doing);
  }
  await Promise.race([systemClock.sleep(Math.max(0, scene.untilMs - elapsedMs())), failed.promise]);
  await Promise.all(underWay);
}

async function performOne(step: Step, { fleet, servers }: Scene): Promise<void> {
  switch (step.type) {
    case "kill":
    case "cycle": {
      const up = fleet.up.filter((name) => name !== JOINER);
      if (up.length < 2) return fleet.note(`nobody is left to ${step.type}`);
      const name = up[Math.floor(step.choice * up.length)]!;
      await (step.type === "kill" ? fleet.kill(name) : fleet.stop(name));
      await systemClock.sleep(step.downMs);
      return await fleet.start(name, step.threads);
    }
    case "join":
      await fleet.start(JOINER);
      await systemClock.sleep(step.stayMs);
      return await fleet.stop(JOINER);
    case "server":
      return await servers.disturb(step.choice, step.downMs, (text) => fleet.note(text));
  }
}

function told(step: Step): string {
  switch (step.type) {
    case "kill":
    case "cycle":
      return `${step.type} a node, back after ${(step.downMs / 1000).toFixed(1)} s${
        step.threads > 0 ? ` with ${step.threads} threads` : ""
      }`;
    case "join":
      return `one more node joins, and leaves after ${(step.stayMs / 1000).toFixed(1)} s`;
    case "server":
      return `kill a nats-server, back after ${(step.downMs / 1000).toFixed(1)} s`;
  }
}

/** Wait until so many samples are stored. Too late: what is there is compared all the same, and says what is missing. */
async function drained(nc: NatsConnection, sampleCount: number): Promise<number> {
  const startMs = performance.now();
  while (performance.now() - startMs < DRAIN_TIMEOUT_MS && await countOf(nc, STREAMS.metrics.name) < sampleCount) {
    await systemClock.sleep(LOOK_AGAIN_MS);
  }
  return performance.now() - startMs;
}

async function countOf(nc: NatsConnection, stream: string): Promise<number> {
  return (await (await jetstreamManager(nc)).streams.info(stream)).state.messages;
}
