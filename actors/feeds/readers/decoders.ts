/**
 * Decompression as a step: a slice of compressed bytes in, what it expands to out.
 *
 * Gzip is the runtime's own. Zstandard is not: its decoder in Deno ends silently at the end of the first frame and where data is
 * corrupt or cut off, so a library does it that tells both,
 * though it does not compare checksums. Zip is read in one pass, member by member, without its directory at
 * the end, so that a pipe will do.
 *
 * @module
 */
import { createGunzip, type Gunzip } from "node:zlib";
import { Unzip, UnzipInflate } from "fflate";
import { Decompress } from "fzstd";

/** Memory that the header of a Zstandard frame may ask for; the same bound as the `zstd` command has. */
export const ZSTD_WINDOW_BYTES_MAX = 128 * 1024 * 1024;

export interface Decoder {
  /** Name of the compression, for messages. */
  readonly name: string;
  /** Take a slice, `undefined` at the end, and hand on what it expands to. Rejects where the data is corrupt or cut off. */
  push(slice: Uint8Array | undefined, take: (bytes: Uint8Array) => void): Promise<void>;
  close?(): void;
  /** Name of the member that is read, where the file is an archive. */
  readonly memberName?: string | undefined;
}

/** The members of an archive that are a recording. @default all but texts about it */
export type WantedMember = (name: string) => boolean;

/** Archives of vendors hold a note beside the data: `…/DAT_ASCII_EURUSD_T_202001.txt`, a ReadMe. */
const isRecording: WantedMember = (name) => !/(\/|\.txt|\.md|\.pdf|\.html?)$/i.test(name);

/** The decoder that the first bytes of a file ask for; `undefined` where they are plain. */
export function decoderFor(head: readonly number[], wanted: WantedMember = isRecording): Decoder | undefined {
  const [a, b, c, d] = head;
  if (a === 0x1f && b === 0x8b) return new GzipDecoder();
  // A frame, or one of sixteen kinds that are to be skipped.
  const skippable = a !== undefined && a >= 0x50 && a <= 0x5f && b === 0x2a && c === 0x4d && d === 0x18;
  if ((a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) || skippable) return new ZstdDecoder();
  if (a === 0x50 && b === 0x4b && c === 3 && d === 4) return new ZipDecoder(wanted);
  return undefined;
}

/** Several members, as `cat a.gz b.gz` makes them, are one text. */
class GzipDecoder implements Decoder {
  readonly name = "gzip";
  readonly #gunzip: Gunzip = createGunzip();
  #take: (bytes: Uint8Array) => void = () => {};
  #failure: Error | undefined;
  #wake: () => void = () => {};

  constructor() {
    this.#gunzip.on("data", (bytes: Uint8Array) => this.#take(bytes));
    this.#gunzip.on("error", (error: Error) => {
      this.#failure = error;
      this.#wake();
    });
    this.#gunzip.on("end", () => this.#wake());
  }

  async push(slice: Uint8Array | undefined, take: (bytes: Uint8Array) => void): Promise<void> {
    this.#take = take;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (this.#failure !== undefined) resolve();
      else if (slice === undefined) this.#gunzip.end();
      else this.#gunzip.write(slice, () => resolve());
    });
    if (this.#failure !== undefined) throw this.#failure;
  }

  close(): void {
    this.#gunzip.destroy();
  }
}

class ZstdDecoder implements Decoder {
  readonly name = "zstd";
  readonly #frames = new Decompress((bytes) => this.#take(bytes));
  #take: (bytes: Uint8Array) => void = () => {};
  #isFirst = true;

  async push(slice: Uint8Array | undefined, take: (bytes: Uint8Array) => void): Promise<void> {
    this.#take = take;
    if (this.#isFirst && slice !== undefined && slice.length > 5) checkWindow(slice);
    this.#isFirst = false;
    this.#frames.push(slice ?? new Uint8Array(0), slice === undefined);
  }
}

/** The byte behind the descriptor says how far back a frame refers; a frame in one segment holds all of itself. */
function checkWindow(head: Uint8Array): void {
  const isOneSegment = (head[4]! & 0x20) !== 0;
  const windowBytes = isOneSegment ? 0 : 2 ** (10 + (head[5]! >> 3)) * (1 + (head[5]! & 7) / 8);
  if (windowBytes > ZSTD_WINDOW_BYTES_MAX) {
    throw new RangeError(`it asks for a window of ${windowBytes} bytes, at most ${ZSTD_WINDOW_BYTES_MAX}`);
  }
}

class ZipDecoder implements Decoder {
  readonly name = "zip";
  memberName: string | undefined;
  readonly #archive: Unzip;
  #take: (bytes: Uint8Array) => void = () => {};
  #failure: Error | undefined;
  #isWhole = false;

  constructor(wanted: WantedMember) {
    this.#archive = new Unzip((member) => {
      const taken = wanted(member.name);
      if (taken && this.memberName !== undefined) {
        this.#failure ??= new RangeError(
          `it holds several recordings, ${this.memberName} and ${member.name}; unpack it first`,
        );
      }
      if (taken) this.memberName ??= member.name;
      // Also what is not wanted is unpacked: that is how its end is found where its size stands behind it.
      member.ondata = (error, bytes, isLast) => {
        if (error !== null) this.#failure ??= error;
        else if (taken && this.memberName === member.name) {
          if (bytes.length > 0) this.#take(bytes);
          this.#isWhole ||= isLast;
        }
      };
      try {
        member.start();
      } catch (error) {
        this.#failure ??= error as Error;
      }
    });
    this.#archive.register(UnzipInflate);
  }

  async push(slice: Uint8Array | undefined, take: (bytes: Uint8Array) => void): Promise<void> {
    this.#take = take;
    // The library wants the end with bytes; the end of an archive is its directory, which it does not read.
    if (slice !== undefined) this.#archive.push(slice, false);
    else if (this.memberName === undefined) this.#failure ??= new RangeError("it holds no recording");
    else if (!this.#isWhole) this.#failure ??= new Error("unexpected end of file");
    if (this.#failure !== undefined) throw this.#failure;
  }
}
