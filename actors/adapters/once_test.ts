import assert from "node:assert/strict";
import { once } from "./once.ts";

Deno.test("`once()` keeps what was opened, and forgets a failure", async () => {
  let calls = 0;
  const open = once(() => ++calls === 1 ? Promise.reject(new Error("away")) : Promise.resolve(calls));
  await assert.rejects(open, /away/);
  assert.equal(await open(), 2);
  assert.equal(await open(), 2);
});
