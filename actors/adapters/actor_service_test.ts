import assert from "node:assert/strict";
import { errors, type Msg, type NatsConnection } from "@nats-io/nats-core";
import { testNats } from "../../tests/support/nats.ts";
import { ACTOR_QUESTIONS, actorSubject, ALL_CURRENCIES, type Pair, parsePair } from "../contract/mod.ts";
import { type ActorAnswer, ActorService, REQUESTS_MAX } from "./actor_service.ts";
import { connectNats } from "./nats.ts";

const EURUSD = parsePair("EURUSD")!;
const USDJPY = parsePair("USDJPY")!;
const TIMEOUT = { timeout: 5_000 };

async function node(url: string, name: string) {
  const nc = await connectNats({ url, name });
  const lines: string[] = [];
  const service = new ActorService(nc, {
    node: name,
    session: `session-${name}`,
    version: "1.2.3",
    description: "Actors of currency pairs",
    logLine: (_, text) => lines.push(text),
  });
  await nc.flush();
  return {
    nc,
    service,
    lines,
    async serve(pair: Pair, answer: ActorAnswer) {
      service.add(pair, answer);
      await nc.flush();
    },
    [Symbol.asyncDispose]: () => nc.close(),
  };
}

/** An asker has a connection of its own. */
async function asker(url: string) {
  const nc = await connectNats({ url, name: "asker" });
  return { nc, [Symbol.asyncDispose]: () => nc.close() };
}

/** The error in an answer's headers, as code and text. */
const errorOf = ({ headers }: Msg) =>
  headers?.has("Nats-Service-Error-Code")
    ? `${headers.get("Nats-Service-Error-Code")} ${headers.get("Nats-Service-Error")}`
    : undefined;

async function answersOf(nc: NatsConnection, subject: string, count: number): Promise<Record<string, unknown>[]> {
  const answers: Record<string, unknown>[] = [];
  const options = { strategy: "count", maxMessages: count, maxWait: TIMEOUT.timeout } as const;
  for await (const message of await nc.requestMany(subject, "", options)) answers.push(message.json());
  return answers.sort((a, b) => String(a.id) < String(b.id) ? -1 : 1);
}

async function statsOf(nc: NatsConnection, endpoint: string): Promise<Record<string, number | string>> {
  const [stats] = await answersOf(nc, "$SRV.STATS.fx-actors.session-a", 1);
  return (stats!.endpoints as Record<string, number | string>[]).find(({ name }) => name === endpoint)!;
}

Deno.test("`ActorService` answers each question about the pairs of its node", async () => {
  await using nats = await testNats();
  await using a = await node(nats.url, "a");
  await using b = await node(nats.url, "b");
  await using user = await asker(nats.url);
  await a.serve(EURUSD, (question) => `{"${question}":"EURUSD"}`);
  await b.serve(USDJPY, (question) => Promise.resolve(`{"${question}":"USDJPY"}`));
  for (const pair of [EURUSD, USDJPY]) {
    for (const question of ACTOR_QUESTIONS) {
      const answer = await user.nc.request(actorSubject(pair, question), "", TIMEOUT);
      assert.deepEqual(answer.json(), { [question]: pair });
      assert.equal(errorOf(answer), undefined);
    }
  }
});

Deno.test("`ActorService` leaves a pair that nobody owns without responders, from the first and after it was removed", async () => {
  await using nats = await testNats();
  await using a = await node(nats.url, "a");
  await using user = await asker(nats.url);
  const isUnanswered = (error: unknown) => error instanceof errors.RequestError && error.isNoResponders();
  const ask = () => user.nc.request(actorSubject(EURUSD, "state"), "", TIMEOUT);
  await assert.rejects(ask, isUnanswered);
  await a.serve(EURUSD, () => "{}");
  assert.equal((await ask()).string(), "{}");
  await a.service.remove(EURUSD);
  await assert.rejects(ask, isUnanswered);
  assert.deepEqual(a.service.topics, []);
  await a.serve(EURUSD, () => "[]");
  assert.equal((await ask()).string(), "[]");
});

Deno.test("`ActorService` is found by PING, INFO and STATS of all services, of its kind and of its id", async () => {
  await using nats = await testNats();
  await using a = await node(nats.url, "a");
  await using _b = await node(nats.url, "b");
  await using user = await asker(nats.url);
  await a.serve(EURUSD, () => "{}");
  const identity = (name: string) => ({
    name: "fx-actors",
    id: `session-${name}`,
    version: "1.2.3",
    metadata: { node: name },
  });
  for (const scope of ["", ".fx-actors"]) {
    assert.deepEqual(
      await answersOf(user.nc, `$SRV.PING${scope}`, 2),
      ["a", "b"].map((name) => ({ type: "io.nats.micro.v1.ping_response", ...identity(name) })),
    );
    for (const verb of ["INFO", "STATS"]) {
      const answers = await answersOf(user.nc, `$SRV.${verb}${scope}`, 2);
      assert.deepEqual(answers.map(({ id }) => id), ["session-a", "session-b"]);
    }
  }
  const [ping] = await answersOf(user.nc, "$SRV.PING.fx-actors.session-b", 1);
  assert.deepEqual(ping!.metadata, { node: "b" });
  assert.deepEqual(await answersOf(user.nc, "$SRV.INFO.fx-actors.session-a", 1), [{
    type: "io.nats.micro.v1.info_response",
    ...identity("a"),
    description: "Actors of currency pairs",
    endpoints: ["state", "metrics", "where"].map((name) => ({
      name,
      subject: `fx.actor.*.${name}`,
      queue_group: "q",
      metadata: {},
    })),
  }]);
  const [{ started, ...stats }] = await answersOf(user.nc, "$SRV.STATS.fx-actors.session-a", 1) as [
    { started: string },
  ];
  assert.equal(new Date(started).toISOString(), started);
  assert.deepEqual(stats, {
    type: "io.nats.micro.v1.stats_response",
    ...identity("a"),
    endpoints: ["state", "metrics", "where"].map((name) => ({
      name,
      subject: `fx.actor.*.${name}`,
      queue_group: "q",
      num_requests: 0,
      num_errors: 0,
      last_error: "",
      processing_time: 0,
      average_processing_time: 0,
    })),
  });
});

Deno.test("`ActorService` tells errors by their code: an unknown question, an actor that is not ready, a defect", async () => {
  await using nats = await testNats();
  await using a = await node(nats.url, "a");
  await using user = await asker(nats.url);
  const answers: ActorAnswer[] = [
    () => undefined,
    () => Promise.resolve(undefined),
    () => {
      throw new Error("broken\r\nin two");
    },
    () => Promise.reject(new TypeError("broken later")),
  ];
  const told: (string | undefined)[] = [];
  for (const answer of answers) {
    await a.serve(EURUSD, answer);
    const message = await user.nc.request(actorSubject(EURUSD, "metrics"), "", TIMEOUT);
    assert.equal(message.data.length, 0);
    told.push(errorOf(message));
  }
  assert.deepEqual(told, [
    "503 the actor is not ready",
    "503 the actor is not ready",
    "500 broken in two",
    "500 broken later",
  ]);
  assert.match(errorOf(await user.nc.request("fx.actor.EURUSD.mood", "", TIMEOUT))!, /^404 .*expected state, metrics/);
  const { num_requests, num_errors, last_error } = await statsOf(user.nc, "metrics");
  assert.deepEqual({ num_requests, num_errors, last_error }, {
    num_requests: 4,
    num_errors: 4,
    last_error: "500:broken later",
  });
  assert.deepEqual(a.lines, ["fx.actor.EURUSD.metrics: broken in two", "fx.actor.EURUSD.metrics: broken later"]);
});

Deno.test("`ActorService` counts requests and the time they took, in nanoseconds", async () => {
  await using nats = await testNats();
  await using a = await node(nats.url, "a");
  await using user = await asker(nats.url);
  const workMs = 20;
  await a.serve(EURUSD, () => new Promise((resolve) => setTimeout(() => resolve("{}"), workMs)));
  for (let i = 0; i < 3; i++) await user.nc.request(actorSubject(EURUSD, "where"), "", TIMEOUT);
  const stats = await statsOf(user.nc, "where");
  assert.equal(stats.num_requests, 3);
  assert.equal(stats.num_errors, 0);
  const totalNs = stats.processing_time as number;
  // A timer may fire up to a millisecond early.
  assert(Number.isInteger(totalNs) && totalNs > 3 * (workMs - 1) * 1e6 && totalNs < 5e9, `${totalNs} ns`);
  assert.equal(stats.average_processing_time, Math.round(totalNs / 3));
});

Deno.test("`ActorService` refuses at once what is beyond the requests in progress, and has room again afterwards", async () => {
  await using nats = await testNats();
  await using a = await node(nats.url, "a");
  await using user = await asker(nats.url);
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const { promise: full, resolve: onFull } = Promise.withResolvers<void>();
  let startedCount = 0;
  await a.serve(EURUSD, async () => {
    if (++startedCount === REQUESTS_MAX) onFull();
    await gate;
    return "{}";
  });
  const ask = () => user.nc.request(actorSubject(EURUSD, "state"), "", TIMEOUT);
  const held = Array.from({ length: REQUESTS_MAX }, ask);
  await full;
  assert.equal(errorOf(await ask()), `503 ${REQUESTS_MAX} requests are in progress`);
  // Whoever asks for anything else of the node, as whether it lives, is still answered.
  assert.equal((await answersOf(user.nc, "$SRV.PING.fx-actors", 1)).length, 1);
  open();
  for (const answer of await Promise.all(held)) assert.equal(answer.string(), "{}");
  assert.equal((await ask()).string(), "{}");
  assert.equal(startedCount, REQUESTS_MAX + 1);
});

Deno.test("`ActorService` tells an answer that the server would not take as an error", async () => {
  await using nats = await testNats();
  await using a = await node(nats.url, "a");
  await using user = await asker(nats.url);
  const bytesMax = a.nc.info!.max_payload;
  let length = bytesMax;
  // Two bytes each in UTF-8.
  await a.serve(EURUSD, () => "é".repeat(length / 2));
  const ask = () => user.nc.request(actorSubject(EURUSD, "state"), "", TIMEOUT);
  assert.equal((await ask()).data.length, bytesMax);
  length += 2;
  assert.equal(errorOf(await ask()), `500 the answer has ${bytesMax + 2} bytes, the server takes at most ${bytesMax}`);
});

Deno.test("`ActorService` answers every question over a hand-over from one node to another", async () => {
  await using nats = await testNats();
  await using a = await node(nats.url, "a");
  await using b = await node(nats.url, "b");
  await using user = await asker(nats.url);
  let askedCount = 0;
  const answering = (text: string) => () => {
    askedCount++;
    return text;
  };
  await a.serve(EURUSD, answering("a"));
  const told = new Set<string>();
  for (let i = 0; i < 400; i++) {
    // As a lease goes over: for a moment both answer, and each question gets one of them.
    if (i === 100) await b.serve(EURUSD, answering("b"));
    const answers: string[] = [];
    const options = { strategy: "count", maxMessages: 1, maxWait: TIMEOUT.timeout } as const;
    const asked = await user.nc.requestMany(actorSubject(EURUSD, "where"), "", options);
    // While questions are on their way.
    const removed = i === 200 ? a.service.remove(EURUSD) : undefined;
    for await (const message of asked) {
      assert.equal(errorOf(message), undefined);
      answers.push(message.string());
    }
    await removed;
    assert.equal(answers.length, 1);
    if (i > 200) assert.equal(answers[0], "b");
    told.add(answers[0]!);
  }
  assert.deepEqual([...told].sort(), ["a", "b"]);
  await Promise.all([a.nc.flush(), b.nc.flush()]);
  assert.equal(askedCount, 400);
});

Deno.test("`ActorService.stop()` ends every subscription; 1,000 pairs cost one each", async () => {
  await using nats = await testNats();
  await using a = await node(nats.url, "a");
  const subscriptionCount = async () => {
    const { connections } = await (await fetch(`${nats.monitorUrl}/connz`)).json();
    return connections.find(({ name }: { name: string }) => name === "a").subscriptions as number;
  };
  const beforeCount = await subscriptionCount();
  const pairs = ALL_CURRENCIES.flatMap((base) => ALL_CURRENCIES.map((quote) => parsePair(base + quote)))
    .filter((pair) => pair !== undefined).slice(0, 1_000);
  for (const pair of pairs) a.service.add(pair, () => "{}");
  // Adding again replaces the answer.
  a.service.add(EURUSD, () => "[]");
  await a.nc.flush();
  assert.equal(await subscriptionCount() - beforeCount, 1_000);
  const stopped = a.service.stop();
  a.service.add(EURUSD, () => "{}");
  await stopped;
  assert.equal(await subscriptionCount(), 0);
  assert.deepEqual(a.service.topics, []);
});

Deno.test("`ActorService` is there again after an outage, and does no work where nobody waits for it", async () => {
  await using nats = await testNats();
  await using a = await node(nats.url, "a");
  let askedCount = 0;
  await a.serve(EURUSD, () => String(++askedCount));
  await nats.restart();
  await using user = await asker(nats.url);
  const ask = async () => {
    for (;;) {
      try {
        return (await user.nc.request(actorSubject(EURUSD, "state"), "", TIMEOUT)).string();
      } catch (error) {
        // The node is not back yet.
        if (!(error instanceof errors.RequestError && error.isNoResponders())) throw error;
      }
    }
  };
  assert.equal(await ask(), "1");
  user.nc.publish(actorSubject(EURUSD, "state"));
  assert.equal(await ask(), "2");
});

Deno.test("`ActorService` refuses a version that is not semver and a session that cannot stand in a subject", async () => {
  await using nats = await testNats();
  await using user = await asker(nats.url);
  const options = { node: "a", session: "s", version: "1.0.0", description: "" };
  for (const wrong of [{ version: "1.0" }, { version: "v1.0.0" }, { session: "a.b" }, { session: "" }]) {
    assert.throws(() => new ActorService(user.nc, { ...options, ...wrong }), RangeError, JSON.stringify(wrong));
  }
  await new ActorService(user.nc, { ...options, version: "1.0.0-rc.1+build.5" }).stop();
});
