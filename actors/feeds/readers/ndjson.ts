/**
 * Market events as JSON, one object per line: the form that `fx.ingest` takes.
 *
 * @module
 */
import { type Pair, parseEventJson, type RejectCode } from "../../contract/mod.ts";
import type { EventSink } from "../ports.ts";
import { firstLine, type LineFormat, type LineParser } from "./format.ts";
import type { LineSource } from "./lines.ts";

export const ndjson: LineFormat = {
  name: "ndjson",
  title: 'our events as JSON lines: {"kind":"quote","pair":"EURUSD","time":"…Z","bid":1.1,"ask":1.1001}',
  sniff: (lines) => (firstLine(lines)?.text.trimStart() ?? "").startsWith("{"),
  open: ({ options }) => new NdjsonParser(options.pair),
};

class NdjsonParser implements LineParser {
  readonly headerLineCount = 0;
  readonly #only: Pair | undefined;
  #fault = "";

  /** @param only the pair that was asked for */
  constructor(only: Pair | undefined) {
    this.#only = only;
  }

  parse(line: LineSource, sink: EventSink): RejectCode | undefined {
    const parsed = parseEventJson(line.text());
    if (parsed.ok && this.#only !== undefined && parsed.pair !== this.#only) {
      this.#fault = `pair "${parsed.pair}", asked for ${this.#only}`;
      return "pair-other";
    }
    if (parsed.ok) {
      sink(parsed.pair, parsed.event);
      return undefined;
    }
    this.#fault = parsed.message;
    return parsed.code;
  }

  fault(): string {
    return this.#fault;
  }
}
