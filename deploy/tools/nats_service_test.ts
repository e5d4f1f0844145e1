import assert from "node:assert/strict";
import { readableLine } from "./nats_service.ts";

Deno.test("`readableLine()` keeps warnings, errors and what is no log line, and drops the rest", () => {
  const stamp = "[27822] 2026/11/22 15:11:37.406482";
  assert.equal(readableLine(`${stamp} [INF] Starting nats-server`), undefined);
  assert.equal(readableLine(`${stamp} [WRN] JetStream is short of storage`), "WRN JetStream is short of storage");
  assert.equal(readableLine(`${stamp} [ERR] no`), "ERR no");
  assert.equal(readableLine("panic: nil map"), "panic: nil map");
});
