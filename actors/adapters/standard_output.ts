/**
 * Standard output for many short lines: collected and written in large pieces. A reader that goes away, as `head` does, is no
 * error.
 *
 * @module
 */

/** Characters that are collected before `wantsFlush` says so. Overflow: none is lost, the text only grows until the flush. */
const FLUSH_CHARS = 256 * 1024;

export class StandardOutput {
  /** Called once, when the reader has gone away; what is written afterwards is dropped. */
  onClosed: () => void = () => {};
  #text = "";
  #closed = false;
  readonly #encoder = new TextEncoder();

  get wantsFlush(): boolean {
    return this.#text.length >= FLUSH_CHARS;
  }

  writeLine(line: string): void {
    if (!this.#closed) this.#text += `${line}\n`;
  }

  async flush(): Promise<void> {
    const bytes = this.#encoder.encode(this.#text);
    this.#text = "";
    try {
      for (let at = 0; at < bytes.length && !this.#closed;) at += await Deno.stdout.write(bytes.subarray(at));
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      this.#closed = true;
      this.onClosed();
    }
  }
}
