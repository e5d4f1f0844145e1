/**
 * Who may write the archive of a stream, when several gateways could.
 *
 * One of them holds a lease. The lease alone is no fence: a process that was stopped, partitioned or just slow goes on believing
 * in it. So the database itself refuses whoever is not the newest owner. Each start of an archiver is a *run*. It writes rows and
 * marks only through doors of its own (`doors.ts`), tables that exist for this run alone, and every other statement of it that
 * changes something holds only while its first door exists. A start goes
 *
 *     1 open own doors   2 look for other runs   3 verify the lease   4 retire the runs of step 2   5 repair, read the mark, insert
 *
 * Let A be any earlier owner and B the present one.
 *
 * - *A cannot begin behind B.* A writes only after its step 3 passed, so its doors were there before B got the lease, so B finds
 *   them in step 2. Doors that A opens later never pass A's step 3; and no two runs have a name in common, those of one process
 *   neither, so a statement of A that was long on its way meets no door.
 * - *A cannot end B.* What A retires it saw before its own step 3 passed, which is before B got the lease: never anything of B,
 *   however late A does it. Doors, inserts and mutations are named by run, and only named ones are dropped or killed.
 * - *Nothing of A is under way when B reads the mark.* Step 4 drops the doors, that of the marks first, so that from then on no
 *   statement of A takes effect; then it kills what had begun before, and waits until all of it is over. An insert whose client
 *   is frozen in the middle of the body never ends; killed before its first row, it will not write any, and the view behind its
 *   door refuses the block besides.
 * - *Deletions of A that began in time do no harm later.* A mutation concerns the parts that are older than itself, so never rows
 *   that B inserts. What it still deletes in those parts B deletes as well: the mark has not moved between the two. Only the
 *   list of buckets in doubt must hold still while B works with it, so B waits for mutations of that table to be over.
 * - *A mark is true.* It goes through the door that is dropped first and is sent when the rows are stored. An insert that loses
 *   its view between door and table would store nothing, but no mark follows it.
 *
 * A run that finds its doors gone asks for the lease: lost, it ends with {@linkcode FenceLostError}; otherwise the database was
 * replaced, and it starts anew. All of this needs one ClickHouse server behind the URL, as the tables do.
 *
 * @module
 */

/** The right to archive a stream, held by one gateway at a time. */
export interface ArchiveFence {
  /** Names this acquisition of the lease, for people who look at the doors: letters, digits, `_` and `-`. */
  readonly token: string;
  /**
   * Resolves where the lease is still this acquisition's, at some moment of the call; rejects where it is not, or nobody knows.
   * The answer must come from where the lease is decided, such as a compare-and-set that renews it, never from a cache.
   */
  verify(): Promise<void>;
}

/** The lease is not, or not provably, this archiver's any more. It has written nothing that another one must fear. */
export class FenceLostError extends Error {
  override readonly name = "FenceLostError";
}

const TOKEN = /^[\w-]{1,64}$/;

/** For an archiver that is the only one. */
export function soleFence(): ArchiveFence {
  return { token: "sole", verify: () => Promise.resolve() };
}

/** A name for a run that no other run has, had or will have, of this acquisition of the lease or any other. */
export function runName({ token }: ArchiveFence): string {
  return `${token}-${crypto.randomUUID().replaceAll("-", "").slice(0, 16)}`;
}

/** @throws {TypeError} where the token is not of its form. */
export function checkToken({ token }: ArchiveFence): void {
  if (!TOKEN.test(token)) throw new TypeError(`Cannot archive as "${token}": expected 1 to 64 letters, digits, _ or -`);
}

/** @throws {FenceLostError} where the lease is not held any more. */
export async function verifyFence(fence: ArchiveFence): Promise<void> {
  try {
    await fence.verify();
  } catch (cause) {
    throw new FenceLostError(`lease lost: ${(cause as Error).message}`, { cause });
  }
}
