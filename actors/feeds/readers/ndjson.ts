/**
 * Market events as JSON, one object per line: the form that `fx.ingest` takes.
 *
 * @module
 */
import { parseEventJson, type RejectCode } from "../../contract/mod.ts";
import type { EventSink } from "../ports.ts";
import { firstLine, type LineParser, type ReaderFormat } from "./format.ts";
import type { LineSource } from "./lines.ts";

export const ndjson: ReaderFormat = {
  name: "ndjson",
  title: 'our events as JSON lines: {"kind":"quote","pair":"EURUSD","time":"…Z","bid":1.1,"ask":1.1001}',
  sniff: (lines) => (firstLine(lines)?.text.trimStart() ?? "").startsWith("{"),
  open: () => new NdjsonParser(),
};

class NdjsonParser implements LineParser {
  readonly headerLineCount = 0;
  #fault = "";

  parse(line: LineSource, sink: EventSink): RejectCode | undefined {
    const parsed = parseEventJson(line.text());
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
