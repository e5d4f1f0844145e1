/**
 * The detectors that a pair runs: tells them what happens, keeps them apart, and hands on what their cases say.
 *
 * A detector runs once the feed has shown what it needs, and says why where it does not. One that throws is made anew and counted; the
 * others go on. One that throws again and again is left out.
 *
 * @module
 */
import type { Book } from "../book/mod.ts";
import {
  type DetectionOptions,
  type DetectorOffReason,
  DETECTORS,
  type DetectorStatus,
  EventFlag,
  EventKind,
  type MarketEvent,
  type MetricSample,
  type Need,
  type Pair,
  StatusCode,
  US_PER_SECOND,
} from "../contract/mod.ts";
import { type Detector, type DetectorEntry, detectorsOf, isPicture, MarketView } from "../detectors/mod.ts";
import type { SignedTrade } from "../estimators/mod.ts";
import type { Emit } from "../runtime/mod.ts";

/** How often a detector may throw before it is left out. */
export const DETECTOR_FAULTS_MAX = 3;

/** What a feed has shown, in the order of the bits that keep it. */
const SHOWN = ["quotes", "sizes", "levels", "orders", "trades", "counterparties"] as const satisfies Need[];
const CONFLATED = 1 << SHOWN.length;

interface Slot {
  readonly entry: DetectorEntry;
  readonly needs: number;
  readonly needsEveryChange: boolean;
  detector: Detector;
  faultCount: number;
  fault?: string;
}

type Hook = Exclude<keyof Detector, "cases" | "snapshot" | "restore">;

export class PairDetection {
  readonly #view: MarketView;
  readonly #slots: readonly Slot[];
  readonly #enabled: boolean;
  /** Those that run now, by what they are told. */
  #running: Record<Hook, Slot[]> = runningOf([]);
  #active: Slot[] = [];
  /** Bits of what the feed has shown. */
  #shown = 0;
  #inPicture = false;
  #disturbed = false;
  #nextSecondUs = 0;
  readonly #said: [subject: string, payload: string][] = [];

  constructor(pair: Pair, options: DetectionOptions, entries: readonly DetectorEntry[] = detectorsOf(pair, options)) {
    this.#enabled = options.enabled;
    this.#view = new MarketView(pair);
    this.#view.sink = (subject, payload) => this.#said.push([subject, payload]);
    this.#slots = entries.map((entry) => {
      const needs = entry.kinds.flatMap((kind): readonly Need[] => DETECTORS[kind].needs);
      return {
        entry,
        needs: needs.reduce((bits, need) => bits | bitOf(need), 0),
        needsEveryChange: needs.includes("every-change"),
        detector: entry.make(),
        faultCount: 0,
      };
    });
  }

  /** Since when the detectors are as they are. */
  arrangedUs = 0;

  /** How each detector is. */
  get statuses(): DetectorStatus[] {
    return this.#slots.flatMap(({ entry, faultCount, fault, ...slot }) => {
      const reason = this.#offReason({ entry, faultCount, ...slot });
      return entry.kinds.map((kind) => ({
        kind,
        on: reason === undefined,
        ...(reason !== undefined && { reason }),
        ...(faultCount > 0 && { faultCount }),
        ...(fault !== undefined && { fault }),
      }));
    });
  }

  /** Times each detector threw; `undefined` where none did. */
  get faults(): Record<string, number> | undefined {
    const failed = this.#slots.filter(({ faultCount }) => faultCount > 0);
    return failed.length === 0
      ? undefined
      : Object.fromEntries(failed.map(({ entry, faultCount }) => [entry.kinds[0]!, faultCount]));
  }

  /** An event is about to be taken: the book is still as it was before it. */
  advance(timeUs: number, sequence: number, book: Book): void {
    const view = this.#view;
    view.book = book;
    view.sequence = sequence;
    if (timeUs >= this.#nextSecondUs) this.#second(timeUs);
    view.timeUs = timeUs;
  }

  #second(timeUs: number): void {
    const view = this.#view;
    const secondUs = Math.floor(timeUs / US_PER_SECOND) * US_PER_SECOND;
    const passed = this.#nextSecondUs === 0 ? 1 : (secondUs - this.#nextSecondUs) / US_PER_SECOND + 1;
    this.#nextSecondUs = secondUs + US_PER_SECOND;
    view.timeUs = secondUs;
    view.sessions.advance(secondUs);
    let disturbed = false;
    for (const { detector } of this.#active) {
      for (const one of detector.cases) {
        if (!one.isOpen) continue;
        one.advance(secondUs, view.sink);
        disturbed = true;
      }
    }
    this.#disturbed = disturbed;
    view.usual.second(secondUs, view.book, { passed, disturbed });
    for (const slot of this.#running.onSecond) {
      try {
        slot.detector.onSecond!(view);
      } catch (error) {
        this.#fail(slot, error);
      }
    }
  }

  /** The book has taken an event; `touched` where its touch is another one since, `settled` at the end of a batch. */
  onBookEvent(event: MarketEvent, touched: boolean, settled: boolean): void {
    const view = this.#view;
    this.#show(event);
    if (event.kind === EventKind.clear || isPicture(event)) {
      if (!this.#inPicture) this.#interrupt();
      this.#inPicture = !settled;
    } else {
      view.usual.message();
      if (event.kind === EventKind.level) {
        if (!this.#inPicture && view.flow.level(view.timeUs, event, view.book)) this.#tellLevel();
      } else if (!view.hasLevels) view.flow.quote(view.timeUs, view.book, this.#tellLevel);
      if (settled) this.#inPicture = false;
    }
    if (touched) {
      if (!view.book.fromSnapshot) view.usual.touch();
      for (const slot of this.#running.onTouch) {
        try {
          slot.detector.onTouch!(view);
        } catch (error) {
          this.#fail(slot, error);
        }
      }
    }
    if (!settled) return;
    view.flow.settle(view.book);
    for (const slot of this.#running.onSettled) {
      try {
        slot.detector.onSettled!(view);
      } catch (error) {
        this.#fail(slot, error);
      }
    }
  }

  readonly #tellLevel = (): void => {
    const view = this.#view;
    for (const slot of this.#running.onLevel) {
      try {
        slot.detector.onLevel!(view.flow.change, view);
      } catch (error) {
        this.#fail(slot, error);
      }
    }
  };

  onOrder(event: MarketEvent): void {
    const view = this.#view;
    this.#show(event);
    if (!view.orders.order(view.timeUs, view.sequence, event) || isPicture(event)) return;
    for (const slot of this.#running.onOrder) {
      try {
        slot.detector.onOrder!(view.orders.change, view);
      } catch (error) {
        this.#fail(slot, error);
      }
    }
  }

  onTrade(event: MarketEvent, signed: SignedTrade): void {
    const view = this.#view;
    this.#show(event);
    if (!view.flow.take(event, signed)) return;
    view.usual.trade(view.timeUs, signed.size, this.#disturbed);
    for (const slot of this.#running.onTrade) {
      try {
        slot.detector.onTrade!(view.flow.trade, view);
      } catch (error) {
        this.#fail(slot, error);
      }
    }
  }

  onStatus({ side }: MarketEvent): void {
    if (side === StatusCode.gap || side === StatusCode.connected || side === StatusCode.disconnected) this.#interrupt();
  }

  onSample(sample: MetricSample): void {
    const view = this.#view;
    for (const slot of this.#running.onSample) {
      try {
        slot.detector.onSample!(sample, view);
      } catch (error) {
        this.#fail(slot, error);
      }
    }
  }

  #interrupt(): void {
    const view = this.#view;
    view.interruptedUs = view.timeUs;
    view.flow.interrupt();
    view.orders.interrupt();
    for (const slot of this.#running.onInterrupted) {
      try {
        slot.detector.onInterrupted!(view);
      } catch (error) {
        this.#fail(slot, error);
      }
    }
  }

  /** Hand on what was said since the last time. */
  flush(emit: Emit): void {
    if (this.#said.length === 0) return;
    for (const [subject, payload] of this.#said.splice(0)) emit(subject, payload);
  }

  /** Close every case: nobody can know how it goes on. */
  close(): void {
    for (const { detector } of this.#slots) {
      for (const one of detector.cases) one.close(this.#view.timeUs, this.#view.sink);
    }
  }

  /** Learn from an event what the feed gives. */
  #show({ kind, flags, size, size2, price2 }: MarketEvent): void {
    let shown = this.#shown;
    if (kind === EventKind.quote) {
      shown |= bitOf("quotes");
      if (size > 0 || size2 > 0) shown |= bitOf("sizes");
    } else if (kind === EventKind.level) shown |= bitOf("quotes") | bitOf("sizes") | bitOf("levels");
    else if (kind === EventKind.order) shown |= bitOf("orders");
    else if (kind === EventKind.trade) {
      shown |= bitOf("trades");
      if (price2 === price2 && size2 === size2) shown |= bitOf("counterparties");
    }
    if ((flags & EventFlag.conflated) !== 0) shown |= CONFLATED;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#arrange();
  }

  #offReason({ entry, needs, needsEveryChange, faultCount }: Slot): DetectorOffReason | undefined {
    if (!this.#enabled || !entry.enabled) return "off";
    if (faultCount > DETECTOR_FAULTS_MAX) return "failed";
    if (needsEveryChange && (this.#shown & CONFLATED) !== 0) return "conflated";
    return SHOWN.find((need) => (needs & bitOf(need) & ~this.#shown) !== 0);
  }

  /** Find out anew who runs. */
  #arrange(): void {
    this.arrangedUs = this.#view.timeUs;
    this.#view.hasLevels = (this.#shown & bitOf("levels")) !== 0;
    this.#active = this.#slots.filter((slot) => this.#offReason(slot) === undefined);
    this.#running = runningOf(this.#active);
  }

  #fail(slot: Slot, error: unknown): void {
    slot.faultCount++;
    slot.fault = error instanceof Error ? error.message : String(error);
    for (const one of slot.detector.cases) one.close(this.#view.timeUs, this.#view.sink);
    slot.detector = slot.entry.make();
    this.#arrange();
  }

  snapshot(): Record<string, number[]> {
    const { usual, flow, orders, interruptedUs } = this.#view;
    return {
      own: [
        this.#shown,
        Number(this.#inPicture),
        Number(this.#disturbed),
        this.#nextSecondUs,
        interruptedUs,
        this.arrangedUs,
      ],
      usual: usual.snapshot(),
      flow: flow.snapshot(),
      orders: orders.snapshot(),
      ...Object.fromEntries(this.#slots.flatMap(({ entry, detector, faultCount }) => [
        [nameOf(entry), [versionOf(entry), faultCount, ...detector.snapshot()]],
        ...detector.cases.map((one) => [`case.${one.kind}`, one.snapshot()]),
      ])),
    };
  }

  /**
   * Take over what `snapshot` wrote. A detector that it does not have, or has in another version, begins anew; a case that is open
   * stays so until it has been quiet for long.
   *
   * @param sameOptions whether it was written with these options; with others only the cases are taken over
   */
  restore(state: Readonly<Record<string, number[]>>, { sameOptions }: { sameOptions: boolean }): void {
    const { own, usual, flow, orders } = state;
    if (own === undefined || usual === undefined || flow === undefined || orders === undefined) return;
    const view = this.#view;
    [this.#shown, , , this.#nextSecondUs, view.interruptedUs] = own as [number, number, number, number, number];
    this.#inPicture = own[1] === 1;
    this.#disturbed = own[2] === 1;
    view.usual.restore(usual);
    view.flow.restore(flow);
    view.orders.restore(orders);
    for (const slot of this.#slots) {
      for (const one of slot.detector.cases) {
        const numbers = state[`case.${one.kind}`];
        if (numbers !== undefined) one.restore(numbers);
      }
      const [version, faultCount, ...numbers] = state[nameOf(slot.entry)] ?? [];
      if (!sameOptions || version !== versionOf(slot.entry)) continue;
      slot.faultCount = faultCount!;
      slot.detector.restore(numbers);
    }
    this.#arrange();
    this.arrangedUs = own[5]!;
  }
}

const nameOf = ({ kinds }: DetectorEntry): string => kinds[0]!;
const versionOf = ({ kinds }: DetectorEntry): number =>
  kinds.reduce((sum: number, kind) => sum + DETECTORS[kind].version, 0);

function bitOf(need: Need): number {
  const at = (SHOWN as readonly Need[]).indexOf(need);
  return at < 0 ? 0 : 1 << at;
}

function runningOf(active: readonly Slot[]): Record<Hook, Slot[]> {
  const having = (hook: Hook) => active.filter(({ detector }) => detector[hook] !== undefined);
  return {
    onTouch: having("onTouch"),
    onLevel: having("onLevel"),
    onOrder: having("onOrder"),
    onTrade: having("onTrade"),
    onSettled: having("onSettled"),
    onSecond: having("onSecond"),
    onSample: having("onSample"),
    onInterrupted: having("onInterrupted"),
  };
}
