/**
 * Carries alerts along one route: reads the log of alerts, sends what is for the route, tries again what failed, and tells what became
 * of each.
 *
 * What is told of a delivery also says how far the route is, in one message: so whoever carries on after a crash begins there, and what
 * was sent but not told of yet is sent once more under the same key. Messages of one alert go in their order, one after another; those
 * of others do not wait for them. Routes know nothing of each other.
 *
 * @module
 */
import {
  Alert,
  type AlertRoute,
  BEYOND_MAX,
  type Delivery,
  type Severity,
  UNDER_WAY_MAX,
} from "../../actors/contract/mod.ts";
import { type Log, type LogLine, type LogMessage, NotNewestError } from "../../actors/runtime/mod.ts";
import { Progress } from "./progress.ts";
import { retryPauseMs } from "./retry_pause.ts";
import { DeliveryFault, type Outgoing, type Sender } from "./sender.ts";

/** Attempts of a route at a time. */
const ATTEMPTS_MAX = 4;
/** Alerts that are for others, after which a route tells how far it is all the same. */
const PASSED_MAX = 10_000;
/** Time that attempts under way have to end when the route is handed over. */
const STOP_GRACE_MS = 2_000;
/** Pause before what could not be told is told again. */
const TELL_RETRY_MS = 500;
/** Tries to tell one thing. Then the route is begun anew, from what was told last. */
const TELL_TRIES_MAX = 60;
const SEVERITIES: readonly Severity[] = ["info", "warning", "critical"];

/** Where a route tells what became of its alerts. */
export interface Ledger {
  newest(route: string): Promise<{ sequence: number; delivery: Delivery | undefined } | undefined>;
  /** @throws {NotNewestError} where somebody else tells of this route. */
  store(delivery: Delivery, options: { after: number; id: string }): Promise<number>;
}

export interface CourierOptions {
  name: string;
  route: AlertRoute;
  sender: Sender;
  /** The log of alerts. */
  log: Log;
  ledger: Ledger;
  clock: { nowMs(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> };
  /** Uniform in [0, 1). */
  random: () => number;
  logLine: LogLine;
}

export class Courier {
  readonly name: string;
  readonly #options: CourierOptions;
  readonly stats = { readSequence: 0, throughSequence: 0, underWayCount: 0, lagMs: 0 };

  constructor(options: CourierOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** Carry until told to stop, or until the right to do so is lost. @throws where another one carries too, or the log was made anew. */
  async run(stop: AbortSignal, lost: AbortSignal): Promise<void> {
    await new Round(this.#options, this.stats).run(stop, lost);
  }
}

/** What became of one message, without how far the route is. */
type Said = Pick<Delivery, "state"> & Partial<Delivery>;

/** One time of carrying, from where the route was. */
class Round {
  readonly #options: CourierOptions;
  readonly #stats: Courier["stats"];
  readonly #session = crypto.randomUUID();
  readonly #failed = new AbortController();
  readonly #chains = new Map<string, Promise<void>>();
  /** Ends the attempts at a message, by its place in the log. */
  readonly #underWay = new Map<number, AbortController>();
  #progress = new Progress(0);
  #createdMs = 0;
  #after = 0;
  #toldCount = 0;
  #passedCount = 0;
  #attemptCount = 0;
  #telling: Promise<void> = Promise.resolve();
  readonly #cut = new AbortController();
  #waiting: (() => void)[] = [];

  constructor(options: CourierOptions, stats: Courier["stats"]) {
    this.#options = options;
    this.#stats = stats;
  }

  async run(stop: AbortSignal, lost: AbortSignal): Promise<void> {
    const over = AbortSignal.any([stop, lost, this.#failed.signal]);
    const cutOff = AbortSignal.any([this.#cut.signal, lost, this.#failed.signal]);
    over.addEventListener("abort", () => this.#wake(), { once: true });
    await this.#begin();
    try {
      const { log } = this.#options;
      for await (const message of log.read(this.#progress.through + 1, { signal: over, createdMs: this.#createdMs })) {
        if (over.aborted) break;
        this.#take(message, over, cutOff);
        while (this.#underWay.size >= UNDER_WAY_MAX && !over.aborted) await this.#change();
      }
    } finally {
      const grace = setTimeout(() => this.#cut.abort(), STOP_GRACE_MS);
      await Promise.all(this.#chains.values());
      clearTimeout(grace);
      this.#stats.underWayCount = 0;
    }
    if (this.#failed.signal.aborted) throw this.#failed.signal.reason;
  }

  /** Where the route was, or at the end of the log where it is new: what was before it is not for it. */
  async #begin(): Promise<void> {
    const { log, ledger, name } = this.#options;
    const [extent, newest] = await Promise.all([log.extent(), ledger.newest(name)]);
    this.#createdMs = extent.createdMs;
    this.#after = newest?.sequence ?? 0;
    const known = newest?.delivery;
    if (known === undefined) {
      this.#progress = new Progress(extent.lastSequence);
      await this.#tell({ state: "passed" });
    } else if (known.logCreatedMs !== extent.createdMs) this.#progress = new Progress(0);
    else this.#progress = new Progress(Math.min(known.through, extent.lastSequence), known.beyond);
    this.#stats.readSequence = this.#stats.throughSequence = this.#progress.through;
  }

  #take(message: LogMessage, over: AbortSignal, cutOff: AbortSignal): void {
    const { sequence, timeMs } = message;
    const alert = alertOf(message);
    this.#stats.readSequence = sequence;
    if (alert === undefined || !isFor(this.#options, alert)) {
      this.#progress.pass(sequence);
      this.#stats.throughSequence = this.#progress.through;
      if (++this.#passedCount >= PASSED_MAX) void this.#tell({ state: "passed" });
      return;
    }
    if (this.#progress.read(sequence)) return;
    const giveUp = new AbortController();
    this.#underWay.set(sequence, giveUp);
    const outgoing = { alert, key: `${this.#createdMs.toString(36)}-${sequence}`, timeMs };
    const before = this.#chains.get(alert.id) ?? Promise.resolve();
    const carried = before.then(() => this.#carry(outgoing, { sequence, over, cutOff, giveUp: giveUp.signal }))
      .catch((error) => this.#failed.abort(error)).finally(() => {
        this.#underWay.delete(sequence);
        if (this.#chains.get(alert.id) === carried) this.#chains.delete(alert.id);
        this.#stats.underWayCount = this.#underWay.size;
        this.#wake();
      });
    this.#chains.set(alert.id, carried);
    this.#stats.underWayCount = this.#underWay.size;
  }

  async #carry(
    outgoing: Outgoing,
    { sequence, over, cutOff, giveUp }: {
      sequence: number;
      over: AbortSignal;
      cutOff: AbortSignal;
      giveUp: AbortSignal;
    },
  ): Promise<void> {
    const { route, clock, random } = this.#options;
    const { alert: { id: alertId, state: alertState }, key, timeMs } = outgoing;
    for (let attempt = 1; !over.aborted; attempt++) {
      const of = { alertId, alertState, alertSequence: sequence, key, attempt };
      const fault = await this.#attempt(outgoing, over, cutOff);
      if (fault === "ended") return;
      const nowMs = clock.nowMs();
      const tookMs = Math.max(0, nowMs - timeMs);
      if (fault === undefined) return await this.#end(sequence, { ...of, state: "delivered", tookMs });
      const told = { ...of, fault: { code: fault.code, detail: fault.message.slice(0, 300) } };
      if (fault.isFinal) return await this.#end(sequence, { ...told, state: "refused", tookMs });
      const pauseMs = Math.round(retryPauseMs(attempt, { askedMs: fault.retryAfterMs, random: random() }));
      const isTooOld = nowMs + pauseMs - timeMs > route.giveUpHours * 3_600_000;
      if (isTooOld || giveUp.aborted) return await this.#end(sequence, { ...told, state: "given-up", tookMs });
      await this.#tell({ ...told, state: "retrying", nextTryMs: nowMs + pauseMs });
      await clock.sleep(pauseMs, AbortSignal.any([over, giveUp]));
    }
  }

  /** One attempt: what went wrong, if anything; `ended` where it was cut off. */
  async #attempt(
    outgoing: Outgoing,
    over: AbortSignal,
    cutOff: AbortSignal,
  ): Promise<DeliveryFault | "ended" | undefined> {
    const { sender, route, clock, logLine, name } = this.#options;
    while (this.#attemptCount >= ATTEMPTS_MAX && !over.aborted) await this.#change();
    if (over.aborted) return "ended";
    const inTime = new AbortController();
    const answered = new AbortController();
    void clock.sleep(route.timeoutS * 1_000, answered.signal).then(() =>
      answered.signal.aborted ||
      inTime.abort(new DeliveryFault("timeout", `${sender.target}: no answer in ${route.timeoutS} s`))
    );
    this.#attemptCount++;
    try {
      await sender.send(outgoing, AbortSignal.any([cutOff, inTime.signal]));
      return undefined;
    } catch (error) {
      if (cutOff.aborted) return "ended";
      if (error instanceof DeliveryFault) return error;
      logLine("error", `route ${name}: ${(error as Error).stack}`);
      return new DeliveryFault("failed", `${sender.target}: ${(error as Error).name}`);
    } finally {
      answered.abort();
      this.#attemptCount--;
      this.#wake();
    }
  }

  async #end(sequence: number, said: Said): Promise<void> {
    this.#progress.done(sequence);
    this.#stats.throughSequence = this.#progress.through;
    this.#stats.lagMs = said.tookMs ?? 0;
    // One that so many were taken behind is not held up by the route.
    if (this.#progress.beyondCount >= BEYOND_MAX - UNDER_WAY_MAX) {
      this.#underWay.get(this.#progress.oldest!)?.abort();
    }
    await this.#tell(said);
  }

  /** Tell what became of a message, and how far the route is now; one after another. */
  #tell(said: Said): Promise<void> {
    const { ledger, clock, logLine, name } = this.#options;
    const { through, beyond } = this.#progress;
    this.#passedCount = 0;
    const delivery: Delivery = {
      v: 1,
      route: name,
      timeMs: clock.nowMs(),
      ...said,
      logCreatedMs: this.#createdMs,
      through,
      beyond,
    };
    const id = `${name}:${this.#session}:${this.#toldCount++}`;
    const tell = async () => {
      for (let tries = 1; !this.#failed.signal.aborted && !(this.#cut.signal.aborted && tries > 1); tries++) {
        try {
          this.#after = await ledger.store(delivery, { after: this.#after, id });
          return;
        } catch (error) {
          if (error instanceof NotNewestError || tries >= TELL_TRIES_MAX) return this.#failed.abort(error);
          logLine("debug", `route ${name}: not told yet, ${(error as Error).message}`);
          await clock.sleep(TELL_RETRY_MS, this.#failed.signal);
        }
      }
    };
    return this.#telling = this.#telling.then(tell);
  }

  /** Until something ends. */
  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

/** Whether an alert goes along a route: as its rule says, and as the route does. */
export function isFor(
  { name, route }: { name: string; route: Pick<AlertRoute, "states" | "severityMin" | "byDefault"> },
  { state, severity, routes }: Pick<Alert, "state" | "severity" | "routes">,
): boolean {
  return route.states.includes(state) && SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(route.severityMin) &&
    (routes?.includes(name) ?? route.byDefault);
}

function alertOf({ data }: LogMessage): Alert | undefined {
  try {
    return Alert.safeParse(JSON.parse(new TextDecoder().decode(data))).data;
  } catch {
    return undefined;
  }
}
