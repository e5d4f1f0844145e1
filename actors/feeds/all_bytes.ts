/**
 * How much of all files of a replay is read, for its progress.
 *
 * @module
 */
export class AllBytes {
  readonly #sizes: number[];
  #before = 0;

  constructor(sizes: number[]) {
    this.#sizes = sizes;
  }

  /** Without `sizeOf`, only what is open has a size. */
  static async of(
    paths: readonly string[],
    { sizeOf }: { sizeOf?: (path: string) => Promise<number> },
  ): Promise<AllBytes> {
    const sizes: number[] = [];
    for (const path of paths) sizes.push(await sizeOf?.(path).catch(() => 0) ?? 0);
    return new AllBytes(sizes);
  }

  /** A file is open: now its size is known, also where it consists of two. */
  begin(index: number, sizeBytes: number): void {
    this.#sizes[index] = sizeBytes;
  }

  end(index: number): void {
    this.#before += this.#sizes[index]!;
  }

  read(bytesOfThisFile: number): number {
    return this.#before + bytesOfThisFile;
  }

  get sizeBytes(): number {
    return this.#sizes.reduce((sum, size) => sum + size, 0);
  }
}
