import assert from "node:assert/strict";
import { MemoryCluster, registerOf, unanswered } from "../../tests/support/memory_cluster.ts";
import type { LeaseRecord } from "../contract/mod.ts";
import { Lease, LeaseLostError, parseLease } from "./lease.ts";
import { type Register, RevisionError } from "./ports.ts";

const TASK = "pair.EURUSD";
const holder = (session: string, node = `node-of-${session}`) => ({ group: "actors", node, session });

function setUp() {
  const { server: { leases: bucket } } = new MemoryCluster();
  const register = registerOf(bucket);
  const stored = (): LeaseRecord | undefined => parseLease(bucket.entries.get(TASK)?.value ?? "");
  const take = (session: string, changed: Partial<Register> = {}, nowMs = 5): Promise<Lease> => {
    const entry = bucket.entries.get(TASK);
    return Lease.take(TASK, {
      register: { ...register, ...changed },
      holder: holder(session),
      current: entry === undefined ? undefined : { record: parseLease(entry.value), revision: entry.revision },
      nowMs,
    });
  };
  return { bucket, register, stored, take };
}

Deno.test("`Lease.take()` tells how the task came to its owner, and counts", async () => {
  const { stored, take } = setUp();
  const first = await take("s1", {}, 10);
  const base = { v: 1, failoverCount: 0, handoverCount: 0, data: null };
  const owner = holder("s1");
  assert.deepEqual(stored(), { ...base, owner, term: 1, sinceMs: 10, cause: "start", from: null });
  assert.deepEqual(first.record, stored());
  assert.equal(first.token, "1-s1");

  await first.write({ at: 7 });
  assert.deepEqual(stored()!.data, { at: 7 });
  await first.release();
  assert.deepEqual(stored(), { ...first.record, owner: null, from: "node-of-s1", data: { at: 7 } });

  const second = await take("s2", {}, 20);
  assert.deepEqual(
    { ...stored(), owner: undefined },
    {
      ...base,
      owner: undefined,
      term: 2,
      sinceMs: 20,
      cause: "handover",
      from: "node-of-s1",
      handoverCount: 1,
      data: { at: 7 },
    },
  );
  assert.deepEqual(second.data, { at: 7 }, "what the task keeps goes along");

  const third = await take("s3");
  const { term, cause, from, failoverCount, handoverCount } = third.record;
  assert.deepEqual([term, cause, from, failoverCount, handoverCount], [3, "failover", "node-of-s2", 1, 1]);
});

Deno.test("`Lease.take()` fails where the record changed meanwhile: of two, one has it", async () => {
  const { bucket, register, stored, take } = setUp();
  const both = await Promise.allSettled(
    ["s1", "s2"].map((session) =>
      Lease.take(TASK, { register, holder: holder(session), current: undefined, nowMs: 1 })
    ),
  );
  assert.deepEqual(both.map(({ status }) => status), ["fulfilled", "rejected"]);
  assert((both[1] as PromiseRejectedResult).reason instanceof RevisionError);
  assert.equal(stored()!.owner!.session, "s1");

  const old = { record: stored(), revision: bucket.entries.get(TASK)!.revision };
  await take("s3");
  await assert.rejects(
    Lease.take(TASK, { register, holder: holder("s4"), current: old, nowMs: 1 }),
    RevisionError,
  );
  assert.equal(stored()!.owner!.session, "s3");
});

Deno.test("a `Lease` that another one took writes nothing any more, in none of its ways", async () => {
  for (const act of ["write", "verify", "release"] as const) {
    const { stored, take } = setUp();
    const first = await take("s1");
    const second = await take("s2");
    await second.write("mine");
    assert.equal(first.lost.aborted, false, "it does not know yet");
    await assert.rejects(first[act]("stolen"), LeaseLostError);
    assert(first.lost.aborted);
    await assert.rejects(first.write("again"), LeaseLostError);
    assert.deepEqual([stored()!.owner!.session, stored()!.data], ["s2", "mine"]);
    await second.verify();
  }
});

Deno.test("`Lease.observe()` loses at once what a later holder has, and looks at what does not fit", async () => {
  const { bucket, stored, take } = setUp();
  const first = await take("s1");
  const own = stored()!;
  await first.write(1);
  first.observe(own); // an earlier record of its own
  first.observe(stored());
  assert.equal(first.lost.aborted, false);

  // An older record of another one, late on its way: looked at, and nothing lost.
  first.observe({ ...own, term: 0, owner: holder("s0") });
  first.observe(undefined);
  await first.verify();
  assert.equal(first.lost.aborted, false);
  assert.equal(stored()!.term, 1);

  const second = await take("s2");
  first.observe(second.record);
  assert(first.lost.aborted, "at once");

  // The bucket is made anew, and somebody else starts from the first term there.
  await second.release();
  const third = await take("s3");
  bucket.wipe();
  const thief = await take("s4");
  assert(thief.term < third.term);
  third.observe(thief.record);
  await assert.rejects(third.verify(), LeaseLostError);
  assert(third.lost.aborted);
});

for (const act of ["write", "verify", "release"] as const) {
  Deno.test(`\`Lease.${act}()\` goes on where the register took a write of its own and the answer was lost`, async () => {
    const { register, stored, take } = setUp();
    let isLost = false;
    const put: Register["put"] = (...args) => (isLost ? unanswered(register.put) : register.put)(...args);
    const lease = await take("s1", { put });
    await lease.write("before");
    isLost = true;
    await assert.rejects(lease.write("unheard"), /no answer/);
    assert.deepEqual(stored()!.data, "unheard");
    assert.deepEqual(lease.data, "before", "it does not know");
    if (act !== "write") await assert.rejects(lease[act](), /no answer/);
    isLost = false;
    await lease[act]("after");
    assert.equal(lease.lost.aborted, false);
    if (act === "write") assert.deepEqual(stored()!.data, "after");
    assert.deepEqual(stored()!.owner, act === "release" ? null : holder("s1"));
    assert.equal(stored()!.term, 1);
  });
}

Deno.test("`Lease.release()` that came through unheard is done when it is said again", async () => {
  const { register, stored, take } = setUp();
  let isLost = false;
  const lease = await take("s1", { put: (...args) => (isLost ? unanswered(register.put) : register.put)(...args) });
  isLost = true;
  await assert.rejects(lease.release(), /no answer/);
  isLost = false;
  assert.equal(stored()!.owner, null);
  await lease.release();
  assert.equal(stored()!.owner, null);

  // But once another one has it, its release is of no effect.
  const next = await take("s2");
  await assert.rejects(lease.release(), LeaseLostError);
  assert.equal(stored()!.owner!.session, "s2");
  await next.verify();
});

Deno.test("a `Lease` that is given away is not taken back by looking at it", async () => {
  const { stored, take } = setUp();
  const lease = await take("s1");
  await lease.release();
  await assert.rejects(lease.verify(), LeaseLostError);
  assert.equal(stored()!.owner, null);
});

Deno.test("a holding of an earlier term cannot pass for a later one of the same session", async () => {
  const { stored, take } = setUp();
  const first = await take("s1");
  await first.write("first");
  await first.release();
  const second = await take("s1");
  await second.write("second");
  assert.notEqual(first.token, second.token);
  await assert.rejects(first.write("stale"), LeaseLostError);
  assert.deepEqual(stored(), second.record);
  assert.deepEqual(stored()!.data, "second");

  const third = await take("s1"); // taken again without a release in between
  second.observe(third.record);
  assert(second.lost.aborted);
  await third.verify();
});

Deno.test("a `Lease` writes its record again where the register was deleted and made anew", async () => {
  const { bucket, stored, take } = setUp();
  const lease = await take("s1");
  await lease.write({ at: 3 });
  bucket.wipe();
  await lease.verify();
  assert.deepEqual(stored(), lease.record);
  assert.deepEqual(stored()!.data, { at: 3 });

  bucket.wipe();
  bucket.put("other", "1", 0);
  bucket.put("other", "2", 1); // revisions of the new register pass those of the old one
  lease.observe(undefined);
  await lease.write({ at: 4 });
  assert.deepEqual(stored()!.data, { at: 4 });
  assert.equal(lease.lost.aborted, false);
});

Deno.test("a `Lease` of which something is written over that is no lease is written again", async () => {
  for (const nonsense of ["", "nonsense", "{}", "null", `{"v":2}`]) {
    const { bucket, stored, take } = setUp();
    const lease = await take("s1");
    bucket.put(TASK, nonsense, lease.revision);
    assert.equal(parseLease(nonsense), undefined);
    await lease.write("here");
    assert.deepEqual([stored()!.owner!.session, stored()!.data], ["s1", "here"]);

    // And where nobody holds it, it can be taken.
    bucket.put(TASK, nonsense, lease.revision);
    const next = await take("s2");
    assert.equal(next.record.cause, "start");
    await assert.rejects(lease.write("late"), LeaseLostError);
  }
});

Deno.test("a `Lease` gives up a write where its revision is stale again and again", async () => {
  const { register, take } = setUp();
  let putCount = 0;
  const lease = await take("s1", {
    put: (...args) => putCount++ === 0 ? register.put(...args) : Promise.reject(new RevisionError("stale")),
  });
  await assert.rejects(lease.write(1), RevisionError);
  assert(putCount > 1 && putCount < 20, `${putCount}`);
  assert.equal(lease.lost.aborted, false, "nobody else has it");
});

Deno.test("a `Lease` writes one after the other, and a failed write does not hold up the next", async () => {
  const { register, stored, take } = setUp();
  let underWay = 0;
  let putCount = 0;
  const lease = await take("s1", {
    async put(...args) {
      assert.equal(++underWay, 1);
      try {
        if (++putCount === 3) throw new Error("away");
        return await register.put(...args);
      } finally {
        underWay--;
      }
    },
  });
  const writes = await Promise.allSettled([1, 2, 3, 4].map((data) => lease.write(data)));
  assert.deepEqual(writes.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled", "fulfilled"]);
  assert.deepEqual(stored()!.data, 4);
});
