/**
 * The market around a case as a tape that people read, or as JSON lines: what happened before, in it and behind it, in the order of
 * the log.
 *
 * @module
 */
import { type Anomaly, DETECTORS, type EventJson, formatTimeUs, isAnomalyKind, parseTimeUs } from "../contract/mod.ts";

export interface CaseTapeOptions {
  anomaly: Anomaly;
  /** Event time that is shown before and behind the case, microseconds. */
  marginUs: number;
  /** Takes a line. */
  write: (line: string) => void;
}

const MILLION = 1e6;

export class CaseTape {
  readonly fromUs: number;
  readonly toUs: number;
  readonly #options: CaseTapeOptions;
  readonly #sizes = new Map<string, number>();
  #isInside = false;
  #isOver = false;
  /** Events that were shown. */
  eventCount = 0;

  constructor(options: CaseTapeOptions) {
    this.#options = options;
    const { anomaly: { startUs, endUs }, marginUs } = options;
    this.fromUs = startUs - marginUs;
    this.toUs = endUs + marginUs;
  }

  /** What is claimed, and the evidence. */
  head(): void {
    const { anomaly: { id, pair, kind, severity, phase, startUs, endUs, sentence, evidence, others }, write } =
      this.#options;
    const spec = isAnomalyKind(kind) ? DETECTORS[kind] : undefined;
    const docs: Readonly<Record<string, string>> = spec?.evidence ?? {};
    write(`${spec?.title ?? kind} of ${[pair, ...others ?? []].join(", ")}: ${sentence}`);
    write(
      `${formatTimeUs(startUs)} to ${formatTimeUs(endUs)}, ${
        phase === "close" ? "closed" : "open"
      }, ${severity}, ${id}`,
    );
    for (const [name, value] of Object.entries(evidence)) write(`  ${name.padEnd(20)} ${value}  ${docs[name] ?? ""}`);
    write("");
  }

  /** An event of the pair; one that is not near the case changes only what is known of its level. */
  take(event: EventJson): void {
    const timeUs = parseTimeUs(event.time ?? "");
    if (timeUs === undefined) return;
    const text = this.#textOf(event);
    if (timeUs < this.fromUs || timeUs > this.toUs) return;
    this.#mark(timeUs);
    this.eventCount++;
    this.#options.write(`${formatTimeUs(timeUs).slice(11, 26)} ${this.#isInside && !this.#isOver ? "│" : " "} ${text}`);
  }

  #mark(timeUs: number): void {
    const { anomaly: { startUs, endUs }, write } = this.#options;
    if (!this.#isInside && timeUs >= startUs) {
      this.#isInside = true;
      write(`${" ".repeat(15)} ┌ the case begins`);
    }
    if (!this.#isOver && timeUs > endUs) {
      this.#isOver = true;
      write(`${" ".repeat(15)} └ its last evidence`);
    }
  }

  #textOf(event: EventJson): string {
    switch (event.kind) {
      case "quote":
        return `quote  ${price(event.bid)} / ${price(event.ask)}  ${size(event.bidSize)} × ${size(event.askSize)}`;
      case "level": {
        const key = `${event.side} ${event.price}`;
        const before = this.#sizes.get(key) ?? 0;
        if (event.size > 0) this.#sizes.set(key, event.size);
        else this.#sizes.delete(key);
        return `${event.side}    ${price(event.price)}  ${size(event.size)}  ${change(event.size - before)}${
          event.snapshot === true ? "  told anew" : ""
        }`;
      }
      case "order":
        return `order  ${event.side} ${price(event.price)}  ${
          event.size > 0 ? size(event.size) : "gone"
        }  #${event.id}`;
      case "trade":
        return `trade  ${event.side ?? "?"} ${size(event.size)} at ${price(event.price)}${
          event.buyer === undefined ? "" : `  ${event.buyer} bought of ${event.seller}`
        }`;
      case "clear":
        this.#sizes.clear();
        return "clear  the book is told anew";
      case "status":
        return `status ${event.status}`;
    }
  }
}

const price = (value: number | undefined): string => value === undefined ? "–" : String(Number(value.toFixed(6)));
const size = (value: number | undefined): string => value === undefined ? "–" : `${(value / MILLION).toFixed(2)}m`;
const change = (value: number): string => `(${value < 0 ? "−" : "+"}${(Math.abs(value) / MILLION).toFixed(2)}m)`;
