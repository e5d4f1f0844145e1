import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { PROJECT_ROOT, resolveNatsServer, run } from "../tools/mod.ts";

interface Service {
  image: string;
  build?: { context: string; dockerfile: string };
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  healthcheck?: { test: string[]; interval: string; timeout: string; retries: number };
  restart?: string;
  mem_limit?: string;
  depends_on?: Record<string, { condition: string }>;
}

const read = (path: string) => Deno.readTextFile(join(PROJECT_ROOT, path));
const composeText = await read("docker-compose.yml");
const compose = parse(composeText, { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);
const dockerfile = await read("deploy/docker/Dockerfile");

/** Logical lines of the Dockerfile, continued ones joined. */
const instructions = dockerfile.replaceAll("\\\n", " ").split("\n").filter((line) => /^[A-Z]/.test(line));

Deno.test("docker-compose.yml runs NATS, ClickHouse and every role", () => {
  assert.deepEqual(services.map(([name]) => name).sort(), ["actors", "clickhouse", "feed", "gateway", "nats"]);
  for (const role of ["actors", "feed", "gateway"]) {
    const service = compose.services[role]!;
    assert.deepEqual(service.command, ["deno", "task", role]);
    assert.equal(service.build?.dockerfile, "deploy/docker/Dockerfile");
    assert.equal(service.image, compose.services["actors"]!.image);
  }
});

Deno.test("docker-compose.yml and the Dockerfile pin every image to a full version", () => {
  const pulled = services.filter(([, service]) => service.build === undefined).map(([, service]) => service.image);
  const bases = instructions.filter((line) => line.startsWith("FROM ")).map((line) => line.split(" ")[1]!);
  assert.ok(pulled.length > 0 && bases.length > 0);
  for (const image of [...pulled, ...bases]) assert.match(image, /^[a-z0-9./-]+:\d+\.\d+\.\d+[\w.-]*$/, image);
});

Deno.test("every service of docker-compose.yml has a health check, a restart policy, and a limit of memory", () => {
  for (const [name, { healthcheck, restart, mem_limit }] of services) {
    assert.equal(healthcheck?.test[0], "CMD", name);
    assert.ok(healthcheck.interval && healthcheck.timeout && healthcheck.retries, name);
    assert.equal(restart, "unless-stopped", name);
    assert.match(mem_limit ?? "", /^\d+[mg]$/, name);
  }
});

Deno.test("docker-compose.yml waits for what answers, and only for services it has", () => {
  for (const [name, { depends_on = {} }] of services) {
    for (const [other, { condition }] of Object.entries(depends_on)) {
      assert.ok(compose.services[other], `${name} waits for ${other}`);
      if (["nats", "clickhouse"].includes(other)) assert.equal(condition, "service_healthy");
    }
  }
});

Deno.test("docker-compose.yml publishes ports on loopback only", () => {
  for (const [name, { ports = [] }] of services) {
    for (const port of ports) assert.match(port, /^127\.0\.0\.1:/, `${name}: ${port}`);
  }
});

Deno.test("docker-compose.yml keeps data in named volumes that it declares", () => {
  for (const name of ["nats", "clickhouse"]) {
    const sources = compose.services[name]!.volumes!.map((volume) => volume.split(":")[0]!);
    assert.ok(sources.some((source) => source in compose.volumes), name);
    for (const source of sources) assert.ok(source.startsWith("./") || source in compose.volumes, source);
  }
});

Deno.test("docker-compose.yml uses names of .env.example", async () => {
  let example: string;
  try {
    example = await read(".env.example");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  const known = new Set([...example.matchAll(/^\s*#?\s*([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1]!));
  const used = [...composeText.matchAll(/\$\{([A-Z0-9_]+)/g)].map((match) => match[1]!);
  const given = ["actors", "feed", "gateway"].flatMap((role) => Object.keys(compose.services[role]!.environment ?? {}));
  for (const name of [...used, ...given]) assert.ok(known.has(name), `${name} is not in .env.example`);
});

Deno.test("docker-compose.yml passes nats-server flags that go with nats.conf", async () => {
  const command = compose.services["nats"]!.command!.map((word) =>
    word === "/etc/nats/nats.conf" ? join(PROJECT_ROOT, "nats.conf") : word
  );
  const { path } = await resolveNatsServer();
  const { code, stderr } = await run(path, [...command, "-t"], { timeoutMs: 10_000 });
  assert.equal(code, 0, stderr);
});

Deno.test("the Dockerfile copies only what is there and not ignored", async () => {
  const ignored = (await read(".dockerignore")).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const copied = instructions.filter((line) => line.startsWith("COPY ") && !line.includes("--from="))
    .flatMap((line) => line.split(/\s+/).slice(1, -1));
  assert.ok(copied.length > 0);
  for (const path of copied) {
    assert.ok(await Deno.stat(join(PROJECT_ROOT, path)), path);
    assert.ok(!ignored.includes(path), `${path} is ignored`);
  }
  for (const secret of [".env", ".git", ".data"]) assert.ok(ignored.includes(secret), `${secret} is not ignored`);
});

Deno.test("the Dockerfile locks dependencies, drops root and checks health", () => {
  assert.ok(instructions.some((line) => line.startsWith("RUN ") && /deno cache --frozen/.test(line)));
  assert.ok(
    instructions.some((line) => line.startsWith("HEALTHCHECK ") && line.includes("deploy/docker/healthcheck.ts")),
  );
  const last = instructions.slice(instructions.findLastIndex((line) => line.startsWith("FROM ")));
  assert.ok(last.includes("USER deno"));
});

const hasCompose = await run("docker", ["compose", "version"], { timeoutMs: 5_000 })
  .then(({ code }) => code === 0, () => false);

Deno.test({
  name: "`docker compose config` accepts docker-compose.yml",
  ignore: !hasCompose,
  async fn() {
    const result = await run("docker", ["compose", "config", "--quiet"], { timeoutMs: 30_000, cwd: PROJECT_ROOT });
    assert.equal(result.code, 0, result.stderr);
  },
});
