/**
 * The actors of a node as a NATS service: anybody may ask the actor of a pair for its state, its metrics, or where it runs.
 *
 * It speaks the protocol of NATS services (ADR-32): `$SRV.PING`, `$SRV.INFO` and `$SRV.STATS` find every node, `nats service`
 * shows them, and an answer that is an error says so in its headers. There are three endpoints, one for each question, but a
 * subscription for each pair that the node owns: a pair that nobody owns has no responder, and the asker knows at once.
 *
 * A request costs one answer in memory at a time. What would be too much is refused, never queued.
 *
 * @module
 */
import { headers, type Msg, type NatsConnection, type Payload, type Subscription } from "@nats-io/nats-core";
import { ACTOR_QUESTIONS, type ActorQuestion, actorSubject, type ActorTopic } from "../contract/mod.ts";
import type { LogLine } from "../runtime/mod.ts";

/** Kind of the service: the same for every node. */
export const ACTOR_SERVICE = "fx-actors";
/** Requests in progress on one node. One more is answered 503 at once. */
export const REQUESTS_MAX = 128;
/** Time for one answer; then the asker is told 500, and the request is no longer in progress. */
export const ANSWER_TIMEOUT_MS = 5_000;
/** Time for the server to say that it sends no more questions about a pair. */
const DRAIN_TIMEOUT_MS = 1_000;
/** Queue of every endpoint: where two nodes hold a pair for a moment, one of them answers. */
const QUEUE = "q";
/** Characters of an error in a header. */
const ERROR_CHARS_MAX = 300;
const NS_PER_MS = 1e6;
/** The pattern that semver.org gives. */
const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*))*)?(\+[\da-zA-Z-]+(\.[\da-zA-Z-]+)*)?$/;
const TOKEN = /^[A-Za-z0-9_-]+$/;

/** Answers a question about one pair with JSON; `undefined` while there is nothing to tell yet. */
export type ActorAnswer = (question: ActorQuestion) => string | undefined | Promise<string | undefined>;

export interface ActorServiceOptions {
  node: string;
  /** One life of the node's process: the id of the service. */
  session: string;
  /** Of the product, as semver. */
  version: string;
  description: string;
  /** @default {nothing is said} */
  logLine?: LogLine;
}

/** A request that is refused; the code goes to the asker. */
class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

interface Served {
  answer: ActorAnswer;
  readonly subscription: Subscription;
}

export class ActorService {
  readonly #nc: NatsConnection;
  readonly #options: ActorServiceOptions;
  readonly #identity: Readonly<Record<string, unknown>>;
  readonly #started = new Date().toISOString();
  readonly #stats = new Map(ACTOR_QUESTIONS.map((question) => [question as string, new EndpointStats()]));
  readonly #served = new Map<ActorTopic, Served>();
  readonly #verbs: readonly Subscription[];
  #inProgress = 0;
  #stopped = false;

  /** @throws {RangeError} for a version that is not semver, or a session that cannot stand in a subject. */
  constructor(nc: NatsConnection, options: ActorServiceOptions) {
    const { node, session, version } = options;
    if (!SEMVER.test(version)) throw new RangeError(`Cannot serve version "${version}": expected semver, as 1.2.3`);
    if (!TOKEN.test(session)) throw new RangeError(`Cannot serve as "${session}": expected letters, digits, _ and -`);
    this.#nc = nc;
    this.#options = options;
    this.#identity = { name: ACTOR_SERVICE, id: session, version, metadata: { node } };
    this.#verbs = [
      ...this.#discover("PING", () => ({ type: "io.nats.micro.v1.ping_response", ...this.#identity })),
      ...this.#discover("INFO", () => this.#info()),
      ...this.#discover("STATS", () => this.#statistics()),
    ];
  }

  /** Whom is answered for. */
  get topics(): ActorTopic[] {
    return [...this.#served.keys()];
  }

  /** Answer for a pair from now on; a pair that is answered for already gets the new answer. Nothing, once stopped. */
  add(topic: ActorTopic, answer: ActorAnswer): void {
    if (this.#stopped) return;
    const served = this.#served.get(topic);
    if (served !== undefined) {
      served.answer = answer;
      return;
    }
    const added: Served = {
      answer,
      // One subscription serves all questions of a pair: the server bounds the subscriptions of a connection.
      subscription: this.#nc.subscribe(actorSubject(topic, "*" as ActorQuestion), {
        queue: QUEUE,
        callback: (error, message) => {
          if (error !== null) return this.#options.logLine?.("warn", `questions about ${topic}: ${error.message}`);
          void this.#serve(message, added);
        },
      }),
    };
    this.#served.set(topic, added);
  }

  /** Answer for a pair no more. Resolves when the server sends no more; what is on its way is still answered. */
  async remove(topic: ActorTopic): Promise<void> {
    const served = this.#served.get(topic);
    if (served === undefined) return;
    this.#served.delete(topic);
    await drained(served.subscription);
  }

  /** Answer for nothing any more, and be found no more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.topics.map((pair) => this.remove(pair)), ...this.#verbs.map(drained)]);
  }

  async #serve(message: Msg, served: Served): Promise<void> {
    // Nobody waits for an answer where there is nowhere to send it.
    if (message.reply === undefined || message.reply === "") return;
    const question = message.subject.slice(message.subject.lastIndexOf(".") + 1);
    const stats = this.#stats.get(question);
    const startMs = performance.now();
    let refused: { code: number; text: string } | undefined;
    try {
      if (stats === undefined) {
        throw new RefusedError(404, `no question "${question}": expected ${ACTOR_QUESTIONS.join(", ")}`);
      }
      this.#respond(message, await this.#answer(served, question as ActorQuestion));
    } catch (error) {
      refused = {
        code: error instanceof RefusedError ? error.code : 500,
        text: oneLine(error instanceof Error ? error.message : String(error)),
      };
      this.#refuse(message, refused);
      if (refused.code === 500) this.#options.logLine?.("error", `${message.subject}: ${refused.text}`);
    }
    stats?.count((performance.now() - startMs) * NS_PER_MS, refused && `${refused.code}:${refused.text}`);
  }

  async #answer(served: Served, question: ActorQuestion): Promise<Uint8Array> {
    if (this.#inProgress >= REQUESTS_MAX) throw new RefusedError(503, `${REQUESTS_MAX} requests are in progress`);
    this.#inProgress++;
    try {
      const answered = served.answer(question);
      const text = answered instanceof Promise ? await inTime(answered) : answered;
      if (text === undefined) throw new RefusedError(503, "the actor is not ready");
      const bytes = new TextEncoder().encode(text);
      const bytesMax = this.#nc.info?.max_payload ?? Infinity;
      if (bytes.length > bytesMax) {
        throw new Error(`the answer has ${bytes.length} bytes, the server takes at most ${bytesMax}`);
      }
      return bytes;
    } finally {
      this.#inProgress--;
    }
  }

  #refuse(message: Msg, { code, text }: { code: number; text: string }): void {
    const header = headers();
    header.set("Nats-Service-Error", text);
    header.set("Nats-Service-Error-Code", String(code));
    try {
      this.#respond(message, "", header);
    } catch (error) {
      this.#options.logLine?.("warn", `${message.subject}: cannot refuse: ${(error as Error).message}`);
    }
  }

  /** Where the connection is gone, so is the asker's wait: it finds no responders, or no answer in time. */
  #respond(message: Msg, payload: Payload, header?: ReturnType<typeof headers>): void {
    if (!this.#nc.isClosed()) message.respond(payload, { headers: header });
  }

  /** Subscribe to a verb for all services, for this kind, and for this one. */
  #discover(verb: string, reply: () => unknown): Subscription[] {
    const subjects = [`$SRV.${verb}`, `$SRV.${verb}.${ACTOR_SERVICE}`];
    return [...subjects, `$SRV.${verb}.${ACTOR_SERVICE}.${this.#options.session}`].map((subject) =>
      this.#nc.subscribe(subject, {
        callback: (error, message) => {
          if (error !== null) return this.#options.logLine?.("warn", `${subject}: ${error.message}`);
          if (message.reply) this.#respond(message, JSON.stringify(reply()));
        },
      })
    );
  }

  #info(): unknown {
    const { description } = this.#options;
    const endpoints = ACTOR_QUESTIONS.map((question) => ({ ...endpointOf(question), metadata: {} }));
    return { type: "io.nats.micro.v1.info_response", ...this.#identity, description, endpoints };
  }

  #statistics(): unknown {
    const endpoints = ACTOR_QUESTIONS.map((question) => ({
      ...endpointOf(question),
      ...this.#stats.get(question)!.json,
    }));
    return { type: "io.nats.micro.v1.stats_response", ...this.#identity, started: this.#started, endpoints };
  }
}

/** Requests of one endpoint, over all pairs. */
class EndpointStats {
  #requestCount = 0;
  #errorCount = 0;
  #processingNs = 0;
  #lastError = "";

  count(processingNs: number, error: string | undefined): void {
    this.#requestCount++;
    this.#processingNs += Math.round(processingNs);
    if (error === undefined) return;
    this.#errorCount++;
    this.#lastError = error;
  }

  get json() {
    return {
      num_requests: this.#requestCount,
      num_errors: this.#errorCount,
      last_error: this.#lastError,
      processing_time: this.#processingNs,
      average_processing_time: this.#requestCount === 0 ? 0 : Math.round(this.#processingNs / this.#requestCount),
    };
  }
}

/** An endpoint as the protocol shows it: the same question to whichever pair. */
function endpointOf(question: ActorQuestion) {
  return { name: question, subject: actorSubject("*" as ActorTopic, question), queue_group: QUEUE };
}

/** A header is one line. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, " ").slice(0, ERROR_CHARS_MAX);
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer in ${ANSWER_TIMEOUT_MS} ms`)), ANSWER_TIMEOUT_MS);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Let a subscription end in order. A connection that is gone has nothing to drain, and a server that is away is not waited for. */
async function drained(subscription: Subscription): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, DRAIN_TIMEOUT_MS);
  await Promise.race([subscription.drain().catch(() => {}), late]);
  clearTimeout(timer);
}
