import assert from "node:assert/strict";
import { LogWriter, type LogWriterOptions } from "./log_writer.ts";

/** An output that takes bytes only when told. */
class SlowOutput {
  text = "";
  writes = 0;
  #gate = Promise.withResolvers<void>();

  readonly write = async (bytes: Uint8Array): Promise<void> => {
    this.writes++;
    await this.#gate.promise;
    this.text += new TextDecoder().decode(bytes);
  };

  open(): void {
    this.#gate.resolve();
  }
}

function writer(output: SlowOutput, options: LogWriterOptions = {}): LogWriter {
  return new LogWriter({ write: output.write, colour: false, now: () => new Date(2026, 2, 4, 5, 6, 7, 8), ...options });
}

Deno.test("`LogWriter.line()` prefixes time and a name of fixed width", async () => {
  const output = new SlowOutput();
  output.open();
  const log = writer(output);
  log.line("nats", "hello");
  log.line("a-very-long-name", "there");
  await log.flush();
  assert.equal(output.text, "[05:06:07.008] nats       | hello\n[05:06:07.008] a-very-lon | there\n");
});

Deno.test("`LogWriter.line()` gives each name a colour and keeps it", async () => {
  const output = new SlowOutput();
  output.open();
  const log = writer(output, { colour: true });
  for (const name of ["a", "b", "a"]) log.line(name, "x");
  await log.flush();
  // deno-lint-ignore no-control-regex
  const colours = [...output.text.matchAll(/\x1b\[(\d+)m[ab] /g)].map((match) => match[1]);
  assert.equal(colours.length, 3);
  assert.notEqual(colours[0], colours[1]);
  assert.equal(colours[0], colours[2]);
});

Deno.test("`LogWriter.line()` drops the oldest lines when the output is too slow, and says so", async () => {
  const output = new SlowOutput();
  const log = writer(output, { queueCharsMax: 100 });
  log.line("a", "first");
  for (let i = 0; i < 10; i++) log.line("a", `${i}`);
  output.open();
  await log.flush();
  const texts = output.text.trim().split("\n").map((line) => line.split(" | ")[1]);
  assert.deepEqual(texts, ["first", "7 lines dropped: output too slow", "7", "8", "9"]);
});

Deno.test("`LogWriter.flush()` does not wait for ever", async () => {
  const output = new SlowOutput();
  const log = writer(output);
  log.line("a", "x");
  await log.flush(1);
  assert.equal(output.text, "");
  output.open();
  await log.flush();
  assert.equal(output.writes, 1);
});

Deno.test("`LogWriter.line()` survives an output that is gone", async () => {
  const log = new LogWriter({
    write: () => Promise.reject(new Deno.errors.BrokenPipe("nobody reads")),
    colour: false,
  });
  log.line("a", "x");
  await log.flush();
  log.line("a", "y");
  await log.flush();
});
