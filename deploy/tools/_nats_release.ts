/**
 * The official nats-server release for this platform, checked against the release's own SHA256SUMS.
 *
 * The archive is a gzipped tar of three files. It is read here rather than by `tar`: one known entry is taken, no path from
 * the archive is ever written to, and every platform behaves alike.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { NATS_SERVER_FILE } from "./_nats_cache.ts";

/** Release fetched when no usable server is found. */
export const NATS_SERVER_RELEASE = "2.14.5";

/** Where releases lie; `/v<version>/<file>` follows. */
export const NATS_SERVER_RELEASE_URL = "https://github.com/nats-io/nats-server/releases/download";

/** How long the host may take to begin its answer. Many networks have no way to it: do not make them wait. */
export const RELEASE_RESPONSE_TIMEOUT_MS = 5_000;

/** How long the archive (about 8 MB) may take to arrive. */
export const RELEASE_DOWNLOAD_TIMEOUT_MS = 180_000;

/** Size of an archive and of the checksum list. A longer answer is refused. */
export const RELEASE_ARCHIVE_BYTES_MAX = 64 * 1024 * 1024;
export const RELEASE_SUMS_BYTES_MAX = 64 * 1024;

/** Size of the unpacked archive. A larger one is refused. */
export const RELEASE_UNPACKED_BYTES_MAX = 256 * 1024 * 1024;

export interface NatsReleaseOptions {
  /** @default {NATS_SERVER_RELEASE_URL} */
  url?: string;
  /** @default {NATS_SERVER_RELEASE} */
  version?: string;
  /** @default {RELEASE_RESPONSE_TIMEOUT_MS} */
  responseTimeoutMs?: number;
  signal?: AbortSignal;
}

/** File name of the archive for this platform, or `undefined` where none is built. */
export function releaseArchiveName(
  version: string,
  build: { os: string; arch: string } = Deno.build,
): string | undefined {
  const os = ["linux", "darwin", "windows", "freebsd"].includes(build.os) ? build.os : undefined;
  const arch = { x86_64: "amd64", aarch64: "arm64" }[build.arch];
  return os && arch ? `nats-server-v${version}-${os}-${arch}.tar.gz` : undefined;
}

/**
 * Downloads the release, checks it and writes its binary into `stage`.
 * @throws {Error} whatever went wrong, in a sentence for people; the caller goes on to the next place
 */
export async function fetchRelease(stage: string, options: NatsReleaseOptions = {}): Promise<string> {
  const { url = NATS_SERVER_RELEASE_URL, version = NATS_SERVER_RELEASE, signal } = options;
  const { responseTimeoutMs = RELEASE_RESPONSE_TIMEOUT_MS } = options;
  const archive = releaseArchiveName(version);
  if (archive === undefined) throw new Error(`no release is built for ${Deno.build.target}`);
  const limits = { responseTimeoutMs, signal };
  const sums = await download(`${url}/v${version}/SHA256SUMS`, { ...limits, bytesMax: RELEASE_SUMS_BYTES_MAX });
  const expected = findChecksum(new TextDecoder().decode(sums), archive);
  if (expected === undefined) throw new Error(`SHA256SUMS of ${version} does not name ${archive}`);
  const bytes = await download(`${url}/v${version}/${archive}`, { ...limits, bytesMax: RELEASE_ARCHIVE_BYTES_MAX });
  const actual = createHash("sha256").update(bytes).digest("hex");
  if (actual !== expected) throw new Error(`checksum of ${archive} is ${actual}, SHA256SUMS says ${expected}`);
  const binary = readTarEntry(
    gunzipSync(bytes, { maxOutputLength: RELEASE_UNPACKED_BYTES_MAX }),
    (name) => name.split("/").at(-1) === NATS_SERVER_FILE,
  );
  if (binary === undefined) throw new Error(`${archive} holds no ${NATS_SERVER_FILE}`);
  const path = join(stage, NATS_SERVER_FILE);
  await Deno.writeFile(path, binary);
  return path;
}

/** The lower-case hex checksum that a `SHA256SUMS` file gives for `file`. */
export function findChecksum(sums: string, file: string): string | undefined {
  for (const line of sums.split("\n")) {
    const match = /^([0-9a-fA-F]{64}) [ *](.+?)\s*$/.exec(line);
    if (match?.[2] === file) return match[1]?.toLowerCase();
  }
  return undefined;
}

/** Bytes of the first regular file of a tar archive whose name is `wanted`. */
export function readTarEntry(tar: Uint8Array, wanted: (name: string) => boolean): Uint8Array | undefined {
  const BLOCK = 512;
  for (let at = 0; at + BLOCK <= tar.length;) {
    const name = tarText(tar, at, 100);
    if (name === "") return undefined;
    const size = Number.parseInt(tarText(tar, at + 124, 12).trim(), 8);
    if (!Number.isInteger(size) || size < 0) throw new Error(`tar entry ${JSON.stringify(name)} has no size`);
    const type = tar[at + 156];
    const start = at + BLOCK;
    if ((type === 0 || type === 0x30) && wanted(name)) {
      if (start + size > tar.length) throw new Error(`tar entry ${JSON.stringify(name)} is cut off`);
      return tar.subarray(start, start + size);
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return undefined;
}

function tarText(tar: Uint8Array, at: number, length: number): string {
  const field = tar.subarray(at, at + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

async function download(
  url: string,
  options: { responseTimeoutMs: number; bytesMax: number; signal?: AbortSignal },
): Promise<Uint8Array> {
  const stop = new AbortController();
  const expire = (ms: number) =>
    setTimeout(() => stop.abort(new DOMException(`no answer from ${url} in ${ms} ms`, "TimeoutError")), ms);
  let timer = expire(options.responseTimeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  try {
    const response = await fetch(url, { signal });
    clearTimeout(timer);
    timer = expire(RELEASE_DOWNLOAD_TIMEOUT_MS);
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new Error(`${url} answers ${response.status}`);
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body) {
      size += chunk.length;
      if (size > options.bytesMax) throw new Error(`${url} is larger than ${options.bytesMax} bytes`);
      chunks.push(chunk);
    }
    return concat(chunks, size);
  } finally {
    clearTimeout(timer);
  }
}

function concat(chunks: Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
