import assert from "node:assert/strict";
import { untilAborted } from "./until_aborted.ts";

const never = new Promise<number>(() => {});

Deno.test("untilAborted() gives what the promise gives where nothing aborts", async () => {
  const { signal } = new AbortController();
  assert.equal(await untilAborted(Promise.resolve(1), { signal }), 1);
  await assert.rejects(untilAborted(Promise.reject(new Error("no")), { signal }), /no/);
});

Deno.test("untilAborted() gives up when the signal aborts, before or while it waits", async () => {
  assert.equal(await untilAborted(never, { signal: AbortSignal.abort() }), undefined);
  const abort = new AbortController();
  const waiting = untilAborted(never, { signal: abort.signal });
  abort.abort();
  assert.equal(await waiting, undefined);
});

Deno.test("untilAborted() gives work some grace to end", async () => {
  const abort = new AbortController();
  let finish: (value: number) => void = () => {};
  const work = new Promise<number>((resolve) => finish = resolve);
  const waiting = untilAborted(work, { signal: abort.signal, graceMs: 60_000 });
  abort.abort();
  finish(7);
  assert.equal(await waiting, 7);
});
