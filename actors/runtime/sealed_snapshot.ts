/**
 * Snapshots as bytes that can be trusted: what they are of, and a checksum over all of it.
 *
 * Layout, little endian: `FXSN`, CRC-32 of everything behind it (u32), length of the head (u32), length of the state (u32), the
 * head as JSON, the state as the actor wrote it.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { z } from "zod";
import type { ActorVersions } from "./actor.ts";

export interface SnapshotHead {
  readonly actor: string;
  readonly versions: ActorVersions;
  /** The state reflects the log up to this sequence. */
  readonly sequence: number;
  /** Which log that is. */
  readonly logCreatedMs: number;
  /** Id of the newest output on each subject when it was taken: with any of them missing, outputs it counts on are lost. */
  readonly outputs: Readonly<Record<string, string>>;
}

const Head = z.object({
  actor: z.string(),
  versions: z.record(z.string(), z.number()),
  sequence: z.int().nonnegative(),
  logCreatedMs: z.number(),
  outputs: z.record(z.string(), z.string()),
});

export type SnapshotErrorCode = "missing" | "truncated" | "foreign" | "corrupt" | "another-log" | "outputs-lost";

/** A snapshot that cannot be used. Another one, or the log, can. */
export class SnapshotError extends Error {
  override readonly name = "SnapshotError";
  constructor(readonly code: SnapshotErrorCode, message: string) {
    super(message);
  }
}

const MAGIC = 0x4e535846;
const FIXED_BYTES = 16;
const CHECKED_FROM = 8;

export function sealSnapshot(head: SnapshotHead, state: Uint8Array): Uint8Array {
  const headBytes = new TextEncoder().encode(JSON.stringify(head));
  const bytes = new Uint8Array(FIXED_BYTES + headBytes.length + state.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(8, headBytes.length, true);
  view.setUint32(12, state.length, true);
  bytes.set(headBytes, FIXED_BYTES);
  bytes.set(state, FIXED_BYTES + headBytes.length);
  view.setUint32(4, crc32(bytes.subarray(CHECKED_FROM)), true);
  return bytes;
}

/** @throws {SnapshotError} where the bytes are not a whole snapshot of that actor. */
export function unsealSnapshot(bytes: Uint8Array, actor: string): { head: SnapshotHead; state: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < FIXED_BYTES) {
    throw new SnapshotError("truncated", `${bytes.length} bytes, at least ${FIXED_BYTES}`);
  }
  if (view.getUint32(0, true) !== MAGIC) throw new SnapshotError("foreign", "does not begin with FXSN");
  const headLength = view.getUint32(8, true);
  const length = FIXED_BYTES + headLength + view.getUint32(12, true);
  if (bytes.length < length) throw new SnapshotError("truncated", `${bytes.length} of ${length} bytes`);
  if (bytes.length > length || crc32(bytes.subarray(CHECKED_FROM)) !== view.getUint32(4, true)) {
    throw new SnapshotError("corrupt", "its checksum does not fit");
  }
  const head = parseHead(bytes.subarray(FIXED_BYTES, FIXED_BYTES + headLength));
  if (head === undefined) throw new SnapshotError("foreign", "its head is of another form");
  if (head.actor !== actor) throw new SnapshotError("foreign", `is of ${head.actor}`);
  return { head, state: bytes.subarray(FIXED_BYTES + headLength) };
}

/** A whole snapshot may be one of another version of this program. */
function parseHead(bytes: Uint8Array): SnapshotHead | undefined {
  try {
    return Head.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}
