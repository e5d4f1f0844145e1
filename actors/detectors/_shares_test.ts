import assert from "node:assert/strict";
import { Shares } from "./_shares.ts";

Deno.test("`Shares` counts values, the newer the more, and those that are near", () => {
  const shares = new Shares({ valuesMax: 8, halfLifeCount: 10 });
  for (let i = 0; i < 10; i++) shares.add(1);
  for (let i = 0; i < 10; i++) shares.add(2);
  assert(Math.abs(shares.of(1) / shares.of(2) - 0.5) < 1e-9);
  assert(Math.abs(shares.of(1) + shares.of(2) - shares.total) < 1e-9);
  assert.equal(shares.of(3), 0);
  assert.equal(shares.near(2.01, 0.02), shares.of(2));
  assert.equal(shares.near(3, 0.02), 0);
});

Deno.test("`Shares` forgets the rarest, never the one that came, and goes on for ever", () => {
  const shares = new Shares({ valuesMax: 4, halfLifeCount: 1 });
  for (let i = 0; i < 10_000; i++) shares.add(i % 7);
  assert(shares.total > 1.9 && shares.total < 2.1);
  assert(shares.of(9_999 % 7) >= 1);
  assert.equal([0, 1, 2, 3, 4, 5, 6].filter((value) => shares.of(value) > 0).length, 4);
});

Deno.test("`Shares` restored is the same", () => {
  const shares = new Shares({ valuesMax: 4, halfLifeCount: 5 });
  for (let i = 0; i < 50; i++) shares.add(i % 6);
  const restored = new Shares({ valuesMax: 4, halfLifeCount: 5 });
  restored.restore(shares.snapshot());
  for (const each of [shares, restored]) each.add(9);
  assert.deepEqual(restored.snapshot(), shares.snapshot());
});
