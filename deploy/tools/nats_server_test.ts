import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fetchRelease, releaseArchiveName } from "./_nats_release.ts";
import { run } from "./_run.ts";
import { NatsServerNotFoundError, resolveNatsServer, type ResolveNatsServerOptions } from "./nats_server.ts";

const VERSION = "2.14.9";

/** Fakes are shell scripts. */
const ignore = Deno.build.os === "windows";

class Playground implements AsyncDisposable {
  private constructor(readonly dir: string) {}

  static async open(): Promise<Playground> {
    return new Playground(await Deno.makeTempDir({ prefix: "nats-server-test-" }));
  }

  /** A program that says it is nats-server `version`. */
  async fake(path: string, version: string): Promise<string> {
    return await this.script(path, `echo "nats-server: v${version}"`);
  }

  async script(path: string, body: string): Promise<string> {
    const file = join(this.dir, path);
    await Deno.mkdir(join(file, ".."), { recursive: true });
    await Deno.writeTextFile(file, `#!/bin/sh\n${body}\n`);
    await Deno.chmod(file, 0o755);
    return file;
  }

  /** Options that see nothing of this machine, and no network. */
  options(env: Record<string, string> = {}): ResolveNatsServerOptions {
    return { env: (name) => env[name], cacheDir: join(this.dir, "cache"), release: false, debian: false };
  }

  cached(): Promise<string[]> {
    return Array.fromAsync(Deno.readDir(join(this.dir, "cache/nats-server")), (entry) => entry.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.dir, { recursive: true });
  }
}

/** A host of releases: files by path, and how often each was asked for. */
class ReleaseHost implements AsyncDisposable {
  readonly asked = new Map<string, number>();
  readonly url: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(readonly files: Map<string, string | Uint8Array<ArrayBuffer>>) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      const { pathname } = new URL(request.url);
      this.asked.set(pathname, (this.asked.get(pathname) ?? 0) + 1);
      const file = this.files.get(pathname);
      return file === undefined ? new Response(null, { status: 404 }) : new Response(file);
    });
    this.url = `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** A release of one fake server, packed by the system's own tar. */
  static async with(playground: Playground, options: { checksum?: string } = {}): Promise<ReleaseHost> {
    const archive = archiveName();
    const top = archive.replace(".tar.gz", "");
    await playground.fake(`release/${top}/nats-server`, VERSION);
    await Deno.writeTextFile(join(playground.dir, "release", top, "README.md"), "x".repeat(3000));
    const packed = join(playground.dir, archive);
    const tar = await run("tar", ["-czf", packed, "-C", join(playground.dir, "release"), top], { timeoutMs: 10_000 });
    assert.equal(tar.code, 0, tar.stderr);
    const bytes = await Deno.readFile(packed);
    const checksum = options.checksum ?? createHash("sha256").update(bytes).digest("hex");
    const sums = `${"0".repeat(64)}  nats-server-v${VERSION}-plan9-arm.tar.gz\n${checksum}  ${archive}\n`;
    return new ReleaseHost(
      new Map<string, string | Uint8Array<ArrayBuffer>>([
        [`/v${VERSION}/SHA256SUMS`, sums],
        [`/v${VERSION}/${archive}`, bytes],
      ]),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function archiveName(): string {
  const name = releaseArchiveName(VERSION);
  assert.ok(name);
  return name;
}

async function failure(options: ResolveNatsServerOptions): Promise<NatsServerNotFoundError> {
  try {
    await resolveNatsServer(options);
  } catch (error) {
    assert.ok(error instanceof NatsServerNotFoundError, String(error));
    return error;
  }
  assert.fail("found a server");
}

Deno.test({
  name: "`resolveNatsServer()` takes NATS_SERVER_BIN before PATH, PATH before the cache",
  ignore,
  async fn() {
    await using playground = await Playground.open();
    const named = await playground.fake("named/my-server", "2.11.0");
    const onPath = await playground.fake("bin/nats-server", "2.12.0");
    const cached = await playground.fake("cache/nats-server/2.13.0/nats-server", "2.13.0");
    const env: Record<string, string> = { NATS_SERVER_BIN: named, PATH: join(playground.dir, "bin") };
    const options = playground.options(env);
    assert.deepEqual(await resolveNatsServer(options), { path: named, version: "2.11.0", origin: "env" });
    delete env.NATS_SERVER_BIN;
    assert.deepEqual(await resolveNatsServer(options), { path: onPath, version: "2.12.0", origin: "path" });
    delete env.PATH;
    assert.deepEqual(await resolveNatsServer(options), { path: cached, version: "2.13.0", origin: "cache" });
  },
});

Deno.test({
  name: "`resolveNatsServer()` passes over a server that is too old",
  ignore,
  async fn() {
    await using playground = await Playground.open();
    const old = await playground.fake("old/nats-server", "2.10.29");
    const recent = await playground.fake("new/nats-server", "2.15.1");
    const lines: string[] = [];
    const server = await resolveNatsServer({
      ...playground.options({ PATH: `${join(playground.dir, "old")}:${join(playground.dir, "new")}` }),
      report: (line) => lines.push(line),
    });
    assert.equal(server.path, recent);
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, new RegExp(`passed over.*${old}.*2\\.10\\.29 is too old`));
  },
});

Deno.test({
  name: "`resolveNatsServer()` takes the newest server of the cache that runs",
  ignore,
  async fn() {
    await using playground = await Playground.open();
    await playground.fake("cache/nats-server/2.9.1/nats-server", "2.9.1");
    const good = await playground.fake("cache/nats-server/2.12.4/nats-server", "2.12.4");
    await playground.script("cache/nats-server/2.100.0/nats-server", "exit 3");
    assert.equal((await resolveNatsServer(playground.options())).path, good);
  },
});

Deno.test({
  name: "`resolveNatsServer()` rejects with every place tried and what was there",
  ignore,
  async fn() {
    await using playground = await Playground.open();
    await using host = new ReleaseHost(new Map());
    const error = await failure({
      ...playground.options({
        NATS_SERVER_BIN: join(playground.dir, "missing"),
        PATH: join(await playground.fake("bin/nats-server", "2.2.0"), ".."),
      }),
      release: { url: host.url, version: VERSION },
    });
    assert.deepEqual(error.attempts.map((attempt) => attempt.origin), ["env", "path", "cache", "release"]);
    for (const attempt of error.attempts) assert.ok(error.message.includes(`${attempt.place}: ${attempt.found}`));
    assert.match(error.attempts[0]!.found, /no such file/);
    assert.match(error.attempts[1]!.found, /2\.2\.0 is too old/);
    assert.match(error.attempts[2]!.found, /empty/);
    assert.match(error.attempts[3]!.found, /404/);
    assert.match(error.message, /set NATS_SERVER_BIN/);
  },
});

Deno.test({
  name: "`resolveNatsServer()` does not go to the network without `fetch`",
  ignore,
  async fn() {
    await using playground = await Playground.open();
    await using host = await ReleaseHost.with(playground);
    const error = await failure({
      ...playground.options(),
      release: { url: host.url, version: VERSION },
      fetch: false,
    });
    assert.deepEqual(error.attempts.map((attempt) => attempt.origin), ["env", "path", "cache"]);
    assert.equal(host.asked.size, 0);
    await assert.rejects(Deno.stat(join(playground.dir, "cache")), Deno.errors.NotFound);
  },
});

Deno.test({
  name: "`resolveNatsServer()` fetches the release once and finds it in the cache afterwards",
  ignore,
  async fn() {
    await using playground = await Playground.open();
    await using host = await ReleaseHost.with(playground);
    const options = { ...playground.options(), release: { url: host.url, version: VERSION } };
    const path = join(playground.dir, "cache/nats-server", VERSION, "nats-server");
    assert.deepEqual(await resolveNatsServer(options), { path, version: VERSION, origin: "release" });
    assert.deepEqual(await resolveNatsServer(options), { path, version: VERSION, origin: "cache" });
    assert.equal(host.asked.get(`/v${VERSION}/${archiveName()}`), 1);
    assert.deepEqual((await playground.cached()).sort(), [".lock", VERSION]);
  },
});

Deno.test({
  name: "`resolveNatsServer()` refuses a release whose checksum is wrong",
  ignore,
  async fn() {
    await using playground = await Playground.open();
    await using host = await ReleaseHost.with(playground, { checksum: "ab".repeat(32) });
    const error = await failure({ ...playground.options(), release: { url: host.url, version: VERSION } });
    assert.match(error.attempts.at(-1)!.found, /^checksum of .* SHA256SUMS says abab/);
    assert.deepEqual(await playground.cached(), [".lock"]);
  },
});

Deno.test({
  name: "`resolveNatsServer()` refuses a release that does not run here or is not what it says",
  ignore,
  async fn() {
    await using playground = await Playground.open();
    await using host = await ReleaseHost.with(playground);
    const error = await failure({
      ...playground.options(),
      release: { url: host.url, version: VERSION },
      versionMin: "2.99.0",
    });
    assert.match(error.attempts.at(-1)!.found, /2\.14\.9 is too old/);
    assert.deepEqual(await playground.cached(), [".lock"]);
  },
});

Deno.test({
  name: "`resolveNatsServer()` gives up on a release host that does not answer",
  ignore,
  async fn() {
    await using playground = await Playground.open();
    const stop = new AbortController();
    const { promise: never, resolve: answer } = Promise.withResolvers<Response>();
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {}, signal: stop.signal },
      () => never,
    );
    const error = await failure({
      ...playground.options(),
      release: { url: `http://127.0.0.1:${server.addr.port}`, version: VERSION, responseTimeoutMs: 50 },
    });
    assert.match(error.attempts.at(-1)!.found, /no answer from .* in 50 ms/);
    answer(new Response(null));
    stop.abort();
    await server.finished;
  },
});

Deno.test({
  name: "`resolveNatsServer()` in two processes at once downloads once and gives both the same server",
  ignore,
  async fn() {
    await using playground = await Playground.open();
    await using host = await ReleaseHost.with(playground);
    const module = new URL("./nats_server.ts", import.meta.url).href;
    const options = { cacheDir: join(playground.dir, "cache"), release: { url: host.url, version: VERSION } };
    const code = `
      import { resolveNatsServer } from ${JSON.stringify(module)};
      const options = { ...${JSON.stringify(options)}, debian: false, env: () => undefined };
      console.log((await resolveNatsServer(options)).path);
    `;
    const one = () => run(Deno.execPath(), ["eval", "--no-lock", code], { timeoutMs: 60_000 });
    const [a, b] = await Promise.all([one(), one()]);
    assert.equal(a.code, 0, a.stderr);
    assert.equal(b.code, 0, b.stderr);
    assert.equal(a.stdout, b.stdout);
    assert.equal(host.asked.get(`/v${VERSION}/${archiveName()}`), 1);
  },
});

Deno.test({
  name: "`resolveNatsServer()` removes what a dead process left half done, and a broken copy",
  ignore,
  async fn() {
    await using playground = await Playground.open();
    await using host = await ReleaseHost.with(playground);
    await playground.script("cache/nats-server/.stage-dead/nats-server", "exit 1");
    await playground.script(`cache/nats-server/${VERSION}/nats-server`, "exit 1");
    const server = await resolveNatsServer({
      ...playground.options(),
      release: { url: host.url, version: VERSION },
    });
    assert.equal(server.version, VERSION);
    assert.deepEqual((await playground.cached()).sort(), [".lock", VERSION]);
  },
});

Deno.test({
  name: "`resolveNatsServer()` rejects with the reason of an aborted signal",
  ignore,
  async fn() {
    await using playground = await Playground.open();
    const stop = new AbortController();
    const { promise: rejected, resolve: answer } = Promise.withResolvers<Response>();
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
      stop.abort(new DOMException("enough", "AbortError"));
      return rejected;
    });
    await assert.rejects(
      resolveNatsServer({
        ...playground.options(),
        release: { url: `http://127.0.0.1:${server.addr.port}`, version: VERSION },
        signal: stop.signal,
      }),
      { name: "AbortError" },
    );
    answer(new Response(null));
    await server.shutdown();
    assert.deepEqual(await playground.cached(), [".lock"]);
  },
});

Deno.test("`fetchRelease()` refuses a release that does not list the archive of this platform", async () => {
  await using host = new ReleaseHost(new Map([[`/v${VERSION}/SHA256SUMS`, `${"0".repeat(64)}  other.tar.gz\n`]]));
  await assert.rejects(fetchRelease("/nowhere", { url: host.url, version: VERSION }), (error) => {
    assert.ok(error instanceof Error && error.message.includes(archiveName()));
    return true;
  });
});
