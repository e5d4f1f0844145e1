import assert from "node:assert/strict";
import { join } from "node:path";
import { DEBIAN_MIRROR, debianMirrors, debianProblem } from "./_nats_debian.ts";
import { NatsServerNotFoundError, resolveNatsServer } from "./nats_server.ts";

const noDebian = await debianProblem((name) => Deno.env.get(name)) !== undefined;

Deno.test("`debianMirrors()` takes the machine's own mirrors of the main archive first", async () => {
  const etc = await Deno.makeTempDir();
  await Deno.mkdir(join(etc, "sources.list.d"));
  await Deno.writeTextFile(
    join(etc, "sources.list"),
    "# deb http://comment/debian bookworm main\n" +
      "deb [arch=amd64 signed-by=/k.gpg] https://mirror.example/debian bookworm main\n" +
      "deb-src http://source.example/debian bookworm main\n",
  );
  const stanzas = [
    "Types: deb\nURIs: http://security.example/debian-security\nSuites: bookworm-security",
    "Types: deb deb-src\n# why\nURIs: http://two.example/debian/ file:///srv/debian\nSuites: sid\nComponents: main",
    "Enabled: no\nTypes: deb\nURIs: http://off.example/debian\nSuites: sid",
    "Types: deb-src\nURIs: http://source.example/debian\nSuites: sid",
  ];
  await Deno.writeTextFile(join(etc, "sources.list.d/debian.sources"), stanzas.join("\n\n"));
  await Deno.writeTextFile(join(etc, "sources.list.d/x.list.disabled"), "deb http://disabled.example/debian sid main");
  await Deno.writeTextFile(join(etc, "sources.list.d/node.list"), "deb https://deb.nodesource.com/node nodistro main");
  assert.deepEqual(await debianMirrors(etc), [
    "https://mirror.example/debian",
    "http://two.example/debian/",
    "file:///srv/debian",
    DEBIAN_MIRROR,
  ]);
  await Deno.remove(etc, { recursive: true });
  assert.deepEqual(await debianMirrors(etc), [DEBIAN_MIRROR]);
});

Deno.test({
  name: "`resolveNatsServer()` tries every suite and names apt's error",
  ignore: noDebian,
  async fn() {
    const dir = await Deno.makeTempDir();
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const mirror = `http://127.0.0.1:${listener.addr.port}/debian`;
    listener.close();
    const env = (name: string) => name === "PATH" ? "/usr/bin:/bin" : undefined;
    await assert.rejects(
      resolveNatsServer({ env, cacheDir: dir, release: false, debian: { mirrors: [mirror] }, versionMin: "2.9999.0" }),
      (error) => {
        assert.ok(error instanceof NatsServerNotFoundError);
        const debian = error.attempts.filter((attempt) => attempt.origin === "debian");
        assert.deepEqual(debian.map((attempt) => attempt.place), [`Debian forky, ${mirror}`, `Debian sid, ${mirror}`]);
        for (const { found } of debian) assert.match(found, /^apt-get update failed: E: /);
        return true;
      },
    );
    await Deno.remove(dir, { recursive: true });
  },
});

Deno.test({
  name: "`resolveNatsServer()` fetches Debian's package without root",
  // Downloads 16 MB.
  ignore: noDebian || Deno.env.get("FXMM_TEST_DOWNLOADS") !== "1",
  async fn() {
    const dir = await Deno.makeTempDir();
    const env = (name: string) => name === "PATH" ? "/usr/bin:/bin" : undefined;
    const server = await resolveNatsServer({ env, cacheDir: dir, release: false, versionMin: "2.11.0" });
    assert.equal(server.origin, "debian");
    assert.equal(server.path, join(dir, "nats-server", server.version, "nats-server"));
    await Deno.remove(dir, { recursive: true });
  },
});
