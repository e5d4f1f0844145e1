/**
 * `libchdb.so`: where it comes from, its C functions, and the memory handed to them.
 *
 * The library ships in the npm package `@chdb/lib-<platform>`, pinned in `deno.json` and nowhere else. Importing the
 * package's `package.json` by a computed name makes Deno download the package at that moment, and not when somebody
 * type-checks this file.
 *
 * @module
 */

/** Packages by `os-arch`, as Deno names both. The registry holds the pinned version for these platforms only. */
const PACKAGES: Readonly<Record<string, string>> = {
  "linux-x86_64": "@chdb/lib-linux-x64-gnu",
};

/** There is no embedded engine for this platform. */
export class UnsupportedPlatformError extends Error {
  override readonly name = "UnsupportedPlatformError";
}

/** The package with the engine for a platform. @throws {UnsupportedPlatformError} when there is none. */
export function enginePackage(platform: string = `${Deno.build.os}-${Deno.build.arch}`): string {
  const name = PACKAGES[platform];
  if (name === undefined) {
    throw new UnsupportedPlatformError(
      `No embedded ClickHouse for platform "${platform}" (there is one for ${Object.keys(PACKAGES).join(", ")}): ` +
        `set CLICKHOUSE_URL to a ClickHouse server instead`,
    );
  }
  return name;
}

const QUERY_PARAMETERS = [
  "pointer",
  "pointer",
  "usize",
  "pointer",
  "usize",
  "pointer",
  "pointer",
  "pointer",
  "pointer",
  "usize",
] as const;

const SYMBOLS = {
  chdb_set_signal_handlers_enabled: { parameters: ["i32"], result: "void" },
  chdb_connect: { parameters: ["i32", "pointer"], result: "pointer", nonblocking: true },
  chdb_close_conn: { parameters: ["pointer"], result: "void", nonblocking: true },
  chdb_shutdown: { parameters: [], result: "i32", nonblocking: true },
  chdb_classify_query_n: {
    parameters: ["pointer", "pointer", "usize", "pointer", "usize", "pointer"],
    result: "i32",
    nonblocking: true,
  },
  chdb_query_with_params_n: { parameters: QUERY_PARAMETERS, result: "pointer", nonblocking: true },
  chdb_stream_query_with_params_n: { parameters: QUERY_PARAMETERS, result: "pointer", nonblocking: true },
  chdb_stream_fetch_result: { parameters: ["pointer", "pointer"], result: "pointer", nonblocking: true },
  chdb_stream_cancel_query: { parameters: ["pointer", "pointer"], result: "void", nonblocking: true },
  chdb_destroy_query_result: { parameters: ["pointer"], result: "void" },
  chdb_stream_insert_with_params_n: { parameters: QUERY_PARAMETERS, result: "pointer", nonblocking: true },
  chdb_stream_append: { parameters: ["pointer", "buffer", "usize"], result: "i32", nonblocking: true },
  chdb_stream_done: { parameters: ["pointer"], result: "pointer", nonblocking: true },
  chdb_stream_insert_error: { parameters: ["pointer"], result: "pointer" },
  chdb_destroy_insert_stream: { parameters: ["pointer"], result: "void", nonblocking: true },
  chdb_result_buffer: { parameters: ["pointer"], result: "pointer" },
  chdb_result_length: { parameters: ["pointer"], result: "usize" },
  chdb_result_elapsed: { parameters: ["pointer"], result: "f64" },
  chdb_result_error: { parameters: ["pointer"], result: "pointer" },
  chdb_result_rows_read: { parameters: ["pointer"], result: "u64" },
  chdb_result_bytes_read: { parameters: ["pointer"], result: "u64" },
  chdb_result_storage_rows_read: { parameters: ["pointer"], result: "u64" },
  chdb_result_storage_bytes_read: { parameters: ["pointer"], result: "u64" },
  chdb_result_rows_written: { parameters: ["pointer"], result: "u64" },
  chdb_result_bytes_written: { parameters: ["pointer"], result: "u64" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The loaded library. */
export type Library = Deno.DynamicLibrary<typeof SYMBOLS>;

/**
 * Downloads the package when need be, then loads the library. It stays loaded for the life of the process: the engine
 * leaves thread-local destructors behind, which must not run into unmapped code.
 */
export async function loadLibrary(): Promise<Library> {
  const name = enginePackage();
  await import(`${name}/package.json`, { with: { type: "json" } });
  return Deno.dlopen(new URL(import.meta.resolve(`${name}/libchdb.so`)), SYMBOLS);
}

/** A NUL-terminated C string as text; `undefined` for a null pointer. */
export function copyText(pointer: Deno.PointerValue): string | undefined {
  return pointer === null ? undefined : new Deno.UnsafePointerView(pointer).getCString();
}

/** Bytes within an {@linkcode Arena}. Its pointer exists once the arena is sealed. */
export interface Slot {
  readonly pointer: Deno.PointerObject;
  /** Bytes of content, without the terminating NUL. */
  readonly length: bigint;
  /** The content as unsigned 32-bit numbers. */
  uint32s(count: number): Uint32Array;
}

/** Arenas and chunks the engine may be reading: held here so that they are not collected before the call returns. */
const inFlight = new Set<object>();

/**
 * The arguments of one foreign call in one buffer: texts, arrays of pointers to them, arrays of lengths.
 *
 * Reserve first, `seal()`, then pass the pointers. `using` keeps the buffer alive across the awaited call.
 */
export class Arena implements Disposable {
  readonly #writers: Array<(memory: Uint8Array<ArrayBuffer>, base: bigint) => void> = [];
  readonly #pinned: object[] = [];
  #size = 0;
  #memory: Uint8Array<ArrayBuffer> | undefined;
  #base = 0n;

  constructor() {
    inFlight.add(this);
  }

  /** Keeps an object alive until disposal. */
  pin(value: object): void {
    this.#pinned.push(value);
  }

  /** A text, with a NUL behind it. */
  text(value: string): Slot {
    const bytes = new TextEncoder().encode(value);
    const offset = this.#reserve(bytes.length + 1);
    this.#writers.push((memory) => memory.set(bytes, offset));
    return this.#slot(offset, bytes.length);
  }

  /** Numbers the callee reads or overwrites. */
  uint32s(values: readonly number[]): Slot {
    const offset = this.#reserve(values.length * 4);
    this.#writers.push((memory) => new Uint32Array(memory.buffer, offset, values.length).set(values));
    return this.#slot(offset, values.length * 4);
  }

  /** Pointers to other slots. */
  pointers(slots: readonly Slot[]): Slot {
    return this.#words(slots, (slot) => Deno.UnsafePointer.value(slot.pointer));
  }

  /** Lengths of other slots. */
  lengths(slots: readonly Slot[]): Slot {
    return this.#words(slots, (slot) => slot.length);
  }

  /** Allocates and fills the buffer; nothing can be reserved afterwards. */
  seal(): void {
    this.#memory = new Uint8Array(new ArrayBuffer(Math.max(8, this.#size)));
    this.#base = Deno.UnsafePointer.value(Deno.UnsafePointer.of(this.#memory));
    for (const write of this.#writers) write(this.#memory, this.#base);
  }

  [Symbol.dispose](): void {
    inFlight.delete(this);
  }

  #words(slots: readonly Slot[], word: (slot: Slot) => bigint): Slot {
    const offset = this.#reserve(slots.length * 8);
    this.#writers.push((memory) => new BigUint64Array(memory.buffer, offset, slots.length).set(slots.map(word)));
    return this.#slot(offset, slots.length * 8);
  }

  #reserve(size: number): number {
    const offset = this.#size;
    this.#size += Math.ceil(size / 8) * 8;
    return offset;
  }

  #slot(offset: number, length: number): Slot {
    const pointer = () => Deno.UnsafePointer.create(this.#base + BigInt(offset))!;
    const memory = () => this.#memory!.buffer;
    return {
      get pointer() {
        return pointer();
      },
      length: BigInt(length),
      uint32s: (count) => new Uint32Array(memory(), offset, count),
    };
  }
}
