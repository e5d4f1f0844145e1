/**
 * The bytes of a file, unpacked, streaming: what readers of lines and of binary rows share.
 *
 * Compression is told by the first bytes. The compressed data is unpacked slice by slice, so that one step expands to a bounded
 * size, and only when the next chunk is asked for.
 *
 * @module
 */
import { SourceError } from "../source_error.ts";
import { type Decoder, decoderFor, type WantedMember } from "./decoders.ts";

/** Compressed bytes unpacked at once: bounds what one step can expand to (deflate: 1032 times). */
const SLICE_BYTES = 16 * 1024;
/** Bytes that tell the compression. */
const MAGIC_BYTES = 6;

export class ByteSource {
  /** Bytes taken from the file so far, compressed where it is. */
  bytesRead = 0;
  readonly path: string;
  readonly #raw: ReadableStreamDefaultReader<Uint8Array>;
  readonly #wanted: WantedMember | undefined;
  readonly #slices: Uint8Array[] = [];
  readonly #plain: Uint8Array[] = [];
  readonly #take = (bytes: Uint8Array) => void this.#plain.push(bytes);
  #decoder: Decoder | undefined;
  #isOpen = false;
  #atEnd = false;
  /** What broke off while earlier bytes were still to be served. */
  #failure: unknown;

  constructor(path: string, stream: ReadableStream<Uint8Array>, options: { wantedMember?: WantedMember } = {}) {
    this.path = path;
    this.#raw = stream.getReader();
    this.#wanted = options.wantedMember;
  }

  /** Name of the member of an archive that is read; known when its first bytes are. */
  get memberName(): string | undefined {
    return this.#decoder?.memberName;
  }

  /**
   * The next bytes; `undefined` at the end. They are the caller's until the next call.
   *
   * @throws {SourceError} where reading or unpacking fails. `where` says after what it stopped.
   */
  async read(where: () => string): Promise<Uint8Array | undefined> {
    try {
      if (!this.#isOpen) await this.#open();
      for (;;) {
        const plain = this.#plain.shift();
        if (plain !== undefined) return plain;
        if (this.#failure !== undefined) throw this.#failure;
        if (this.#atEnd) return undefined;
        await this.#step();
      }
    } catch (error) {
      if (error instanceof SourceError) throw error;
      const name = this.#decoder?.name;
      // A RangeError of a decoder says that it will not, not that it cannot.
      if (error instanceof RangeError) throw new SourceError(this.path, `${name}: ${error.message}`, { cause: error });
      const reason = name === undefined ? "" : `${name} data is truncated or corrupt, `;
      throw new SourceError(this.path, `${reason}reading stopped after ${where()} (${(error as Error).message})`, {
        cause: error,
      });
    }
  }

  async close(): Promise<void> {
    this.#atEnd = true;
    this.#plain.length = this.#slices.length = 0;
    this.#decoder?.close?.();
    await this.#raw.cancel().catch(() => {});
  }

  async #step(): Promise<void> {
    let slice = this.#slices.shift();
    while (slice === undefined) {
      const { value } = await this.#raw.read();
      if (value === undefined) break;
      this.bytesRead += value.length;
      this.#cut(value);
      slice = this.#slices.shift();
    }
    this.#atEnd = slice === undefined;
    const decoder = this.#decoder;
    if (decoder === undefined) {
      if (slice !== undefined) this.#plain.push(slice);
      return;
    }
    try {
      await decoder.push(slice, this.#take);
    } catch (error) {
      this.#failure = error;
    }
  }

  #cut(chunk: Uint8Array): void {
    const sliceBytes = this.#decoder === undefined ? Infinity : SLICE_BYTES;
    if (chunk.length <= sliceBytes) {
      if (chunk.length > 0) this.#slices.push(chunk);
      return;
    }
    for (let at = 0; at < chunk.length; at += sliceBytes) this.#slices.push(chunk.subarray(at, at + sliceBytes));
  }

  /** Look at the first bytes. */
  async #open(): Promise<void> {
    this.#isOpen = true;
    const chunks: Uint8Array[] = [];
    const head: number[] = [];
    while (head.length < MAGIC_BYTES) {
      const { value } = await this.#raw.read();
      if (value === undefined) break;
      this.bytesRead += value.length;
      chunks.push(value);
      for (let i = 0; i < value.length && head.length < MAGIC_BYTES; i++) head.push(value[i]!);
    }
    if (startsWith(head, [0xfd, 0x37, 0x7a, 0x58, 0x5a])) {
      throw new SourceError(this.path, "it is xz data; unpack it first, or pack it with zstd or gzip");
    }
    if (startsWith(head, [0x42, 0x5a, 0x68])) {
      throw new SourceError(this.path, "it is bzip2 data; unpack it first, or pack it with zstd or gzip");
    }
    if (startsWith(head, [0xff, 0xfe]) || startsWith(head, [0xfe, 0xff])) {
      throw new SourceError(this.path, "it is UTF-16 text; expected UTF-8");
    }
    this.#decoder = decoderFor(head, this.#wanted);
    for (const chunk of chunks) this.#cut(chunk);
  }
}

const startsWith = (head: readonly number[], magic: readonly number[]) =>
  magic.every((byte, index) => head[index] === byte);
