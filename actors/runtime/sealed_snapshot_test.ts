import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import {
  sealSnapshot,
  SnapshotError,
  type SnapshotErrorCode,
  type SnapshotHead,
  unsealSnapshot,
} from "./sealed_snapshot.ts";

const HEAD: SnapshotHead = {
  actor: "pair.EURUSD",
  versions: { schema: 3 },
  sequence: 4_711,
  logCreatedMs: 1_700_000_000_000,
  outputs: { "fx.metrics.EURUSD": "pair.EURUSD:1700000000000:4700:0" },
};
const STATE = new TextEncoder().encode(`{"bid":1.1}`);
const SEALED = sealSnapshot(HEAD, STATE);

/** Why bytes are refused; `undefined` where they are not. */
function codeOf(bytes: Uint8Array, actor = HEAD.actor): SnapshotErrorCode | undefined {
  try {
    unsealSnapshot(bytes, actor);
  } catch (error) {
    if (error instanceof SnapshotError) return error.code;
    throw error;
  }
}

Deno.test("`unsealSnapshot()` gives back what `sealSnapshot()` took", () => {
  // Names of parts and of subjects; no name of ours is one that JavaScript treats as special.
  const name = fc.stringMatching(/^[a-z.]{1,12}$/);
  const head = fc.record({
    actor: fc.string(),
    versions: fc.dictionary(name, fc.nat()),
    sequence: fc.maxSafeNat(),
    logCreatedMs: fc.maxSafeNat(),
    outputs: fc.dictionary(name, fc.string()),
  }, { noNullPrototype: true });
  fc.assert(
    fc.property(head, fc.uint8Array({ maxLength: 2_000 }), fc.nat(8), (written, state, offset) => {
      const sealed = sealSnapshot(written, state);
      // Bytes from a store may lie anywhere in their buffer.
      const shifted = new Uint8Array(sealed.length + offset).subarray(offset);
      shifted.set(sealed);
      const read = unsealSnapshot(shifted, written.actor);
      assert.deepEqual(read.head, JSON.parse(JSON.stringify(written)));
      assert.deepEqual([...read.state], [...state]);
    }),
    { seed: 1 },
  );
});

Deno.test("`unsealSnapshot()` refuses every snapshot that is cut short", () => {
  for (let length = 0; length < SEALED.length; length++) {
    assert.equal(codeOf(SEALED.subarray(0, length)), "truncated", `${length} of ${SEALED.length} bytes`);
  }
});

Deno.test("`unsealSnapshot()` refuses every snapshot of which one bit is flipped", () => {
  const codes = new Map<SnapshotErrorCode | undefined, number>();
  for (let bit = 0; bit < 8 * SEALED.length; bit++) {
    const flipped = SEALED.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    const code = codeOf(flipped);
    codes.set(code, (codes.get(code) ?? 0) + 1);
    const byte = bit >> 3;
    if (byte < 4) assert.equal(code, "foreign", `bit ${bit}`);
    else if (byte < 8 || byte >= 16) assert.equal(code, "corrupt", `bit ${bit}`);
    // A length that is too long asks for bytes that are not there, one that is too short leaves some over.
    else assert(code === "truncated" || code === "corrupt", `bit ${bit}: ${code}`);
  }
  assert(codes.get("truncated")! > 0 && codes.size === 3);
});

Deno.test("`unsealSnapshot()` refuses bytes that are behind the snapshot", () => {
  const longer = new Uint8Array(SEALED.length + 1);
  longer.set(SEALED);
  assert.equal(codeOf(longer), "corrupt");
});

Deno.test("`unsealSnapshot()` refuses bytes that are something else", () => {
  assert.equal(codeOf(new Uint8Array(64)), "foreign");
  assert.equal(codeOf(new TextEncoder().encode(`{"version":2,"pair":"EURUSD","state":{}}`)), "foreign");
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    assert(codeOf(bytes) !== undefined);
  }));
});

Deno.test("`unsealSnapshot()` refuses the snapshot of another actor", () => {
  assert.equal(codeOf(SEALED, "pair.EURUS"), "foreign");
  assert.equal(codeOf(SEALED, "pair.USDJPY"), "foreign");
});

/** A snapshot that is whole, but whose head is another text. */
function sealedWith(head: string): Uint8Array {
  const bytes = new TextEncoder().encode(`FXSN${"\0".repeat(12)}${head}`);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, bytes.length - 16, true);
  view.setUint32(4, crc32(bytes.subarray(8)), true);
  return bytes;
}

Deno.test("`unsealSnapshot()` refuses a head that is none, though its checksum fits", () => {
  assert.equal(codeOf(sealedWith(JSON.stringify(HEAD))), undefined);
  for (
    const head of ["", "nonsense", "null", "7", `{"actor":"pair.EURUSD"}`, `{"actor":"pair.EURUSD","outputs":null}`]
  ) {
    assert.equal(codeOf(sealedWith(head)), "foreign", head);
  }
});
