import assert from "node:assert/strict";
import { FeedFault } from "../../contract/mod.ts";
import { addressOf, Secrets } from "./secrets.ts";

Deno.test("Secrets.hide() takes a key out wherever it stands, plain and as in a URL", () => {
  const secrets = new Secrets("s3cret/+key", undefined, "");
  assert.equal(secrets.hide("key s3cret/+key at ?k=s3cret%2F%2Bkey"), "key (hidden) at ?k=(hidden)");
  assert.equal(new Secrets("s3cret", "s3cret-long").hide("s3cret-long"), "(hidden)");
  assert.equal(new Secrets("a").hide("a banana"), "a banana");
});

Deno.test("Secrets.guard() hides them in faults and their causes, and keeps code and time", async () => {
  const secrets = new Secrets("s3cret");
  const cause = new Error("s3cret");
  const fault = new FeedFault("auth", "no s3cret here", { cause, retryAfterMs: 5 });
  const caught = await secrets.guard(() => Promise.reject(fault)).catch((error) => error);
  assert(caught instanceof FeedFault);
  assert.deepEqual([caught.code, caught.message, caught.retryAfterMs, caught.cause], [
    "auth",
    "no (hidden) here",
    5,
    undefined,
  ]);
  const other = new RangeError("s3cret");
  await assert.rejects(secrets.guard(() => Promise.reject(other)), other);
});

Deno.test("addressOf() leaves out whatever may hold a key", () => {
  assert.equal(
    addressOf("wss://user:s3cret@venue.example:8443/v1/quotes?apikey=s3cret#s3cret"),
    "wss://venue.example:8443/v1/quotes",
  );
});
