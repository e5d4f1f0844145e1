import assert from "node:assert/strict";
import { findChecksum, readTarEntry, releaseArchiveName } from "./_nats_release.ts";

Deno.test("`releaseArchiveName()` names the platforms that releases are built for", () => {
  const cases: [os: string, arch: string, name: string | undefined][] = [
    ["linux", "x86_64", "nats-server-v2.14.5-linux-amd64.tar.gz"],
    ["linux", "aarch64", "nats-server-v2.14.5-linux-arm64.tar.gz"],
    ["darwin", "aarch64", "nats-server-v2.14.5-darwin-arm64.tar.gz"],
    ["windows", "x86_64", "nats-server-v2.14.5-windows-amd64.tar.gz"],
    ["solaris", "x86_64", undefined],
    ["linux", "riscv64", undefined],
  ];
  for (const [os, arch, name] of cases) assert.equal(releaseArchiveName("2.14.5", { os, arch }), name);
});

Deno.test("`findChecksum()` reads text and binary lines of sha256sum and matches whole names", () => {
  const [a, b] = ["A1".repeat(32), "b2".repeat(32)];
  const sums = `${b}  x-one.tar.gz\n${a} *one.tar.gz\r\nnonsense\n`;
  assert.equal(findChecksum(sums, "one.tar.gz"), a.toLowerCase());
  assert.equal(findChecksum(sums, "tar.gz"), undefined);
  assert.equal(findChecksum("", "one.tar.gz"), undefined);
});

Deno.test("`readTarEntry()` refuses an entry that is cut off or has no size", () => {
  const tar = new Uint8Array(1024);
  tar.set(new TextEncoder().encode("a/file"), 0);
  tar.set(new TextEncoder().encode("00000001000"), 124);
  assert.equal(readTarEntry(tar, (name) => name === "a/file")?.length, 512);
  assert.equal(readTarEntry(tar, (name) => name === "file"), undefined);
  assert.throws(() => readTarEntry(tar.subarray(0, 700), (name) => name === "a/file"), /cut off/);
  tar.set(new TextEncoder().encode("zzzz"), 124);
  assert.throws(() => readTarEntry(tar, () => true), /has no size/);
  assert.equal(readTarEntry(new Uint8Array(1024), () => true), undefined);
});
