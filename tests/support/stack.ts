/**
 * The whole system for one test, as it runs in production: every role a process of its own, each of which can be killed and
 * started again in its place.
 *
 * @module
 */
import { PROJECT_ROOT, type RoleProcess, startRole } from "../../deploy/tools/mod.ts";
import { type TestNats, testNats } from "./nats.ts";

type RoleName = "clickhouse" | "actors" | "gateway" | "feed";

const MAIN: Readonly<Record<RoleName, string>> = {
  clickhouse: "deploy/embedded_clickhouse/main.ts",
  actors: "actors/main.ts",
  gateway: "gateway/main.ts",
  feed: "actors/feed_main.ts",
};

export interface StackOptions {
  pairs: string;
  /** Roles to start. @default {all of them} */
  roles?: readonly RoleName[];
  /** More of the environment of every role. */
  env?: Readonly<Record<string, string>>;
}

export class Stack implements AsyncDisposable {
  readonly nats: TestNats;
  readonly #dataDir: string;
  readonly #roles = new Map<RoleName, RoleProcess>();
  readonly #ports = new Map<RoleName, number>();
  readonly #pairs: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly log: string[] = [];

  private constructor(nats: TestNats, dataDir: string, { pairs, env = {} }: StackOptions) {
    this.nats = nats;
    this.#dataDir = dataDir;
    this.#pairs = pairs;
    this.#env = env;
  }

  static async start(options: StackOptions): Promise<Stack> {
    const { roles = ["clickhouse", "actors", "gateway"] } = options;
    const stack = new Stack(await testNats(), await Deno.makeTempDir({ prefix: "stack-" }), options);
    try {
      for (const role of roles) await stack.start(role);
      return stack;
    } catch (error) {
      await stack[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** `http://127.0.0.1:<port>` of the gateway, the same over its restarts. */
  get url(): string {
    return `http://127.0.0.1:${this.#ports.get("gateway")}`;
  }

  get clickhouseUrl(): string {
    return `http://127.0.0.1:${this.#ports.get("clickhouse")}`;
  }

  get env(): Record<string, string> {
    return {
      NATS_URL: this.nats.url,
      CLICKHOUSE_URL: this.clickhouseUrl,
      GATEWAY_PORT: String(this.#ports.get("gateway") ?? 0),
      PAIRS: this.#pairs,
      ...this.#env,
    };
  }

  /** Start a role, at the port it had before. */
  async start(name: RoleName): Promise<void> {
    const args = ["run", "-q", `-P=${name}`];
    if (name === "clickhouse") args.push("--unstable-no-legacy-abort");
    args.push(MAIN[name]);
    if (name === "clickhouse") args.push("--data", this.#dataDir, "--port", String(this.#ports.get(name) ?? 0));
    const role = await startRole({
      name,
      args,
      cwd: PROJECT_ROOT,
      env: this.env,
      onLine: (line) => this.log.push(`${name} ${line}`),
    });
    this.#roles.set(name, role);
    const { url } = role.ready as { url?: string };
    if (url !== undefined) this.#ports.set(name, Number(new URL(url).port));
  }

  /** End a role as a crash would. */
  async kill(name: RoleName): Promise<void> {
    await this.#roles.get(name)!.kill();
    this.#roles.delete(name);
  }

  /** Run one of the command-line entry points to its end. */
  async run(main: string, args: readonly string[], env: Record<string, string> = {}): Promise<RunOutput> {
    const permissions = main.replace(/^.*\/|_main\.ts$/g, "");
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", `-P=${permissions}`, main, ...args],
      cwd: PROJECT_ROOT,
      env: { ...this.env, ...env },
      stdout: "piped",
      stderr: "piped",
    });
    const { code, stdout, stderr } = await command.output();
    return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  }

  /** A JSON answer of the gateway. */
  async get<T>(path: string): Promise<T> {
    const response = await fetch(this.url + path);
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return await response.json() as T;
  }

  /** Ask again until the answer satisfies; the caller's test has its own time limit. */
  async until<T>(path: string, satisfied: (answer: T) => boolean, timeoutMs = 60_000): Promise<T> {
    const deadline = performance.now() + timeoutMs;
    let last: unknown;
    while (performance.now() < deadline) {
      try {
        const answer = await this.get<T>(path);
        if (satisfied(answer)) return answer;
        last = answer;
      } catch (error) {
        last = error;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(
      `${path} did not become as expected in ${timeoutMs} ms; last: ${
        last instanceof Error ? last.message : JSON.stringify(last).slice(0, 1_000)
      }\n${this.log.slice(-20).join("\n")}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const role of [...this.#roles.values()].toReversed()) await role.stop();
    await this.nats[Symbol.asyncDispose]();
    await Deno.remove(this.#dataDir, { recursive: true });
  }
}

export interface RunOutput {
  code: number;
  stdout: string;
  stderr: string;
}

/** Path of a file of the shared recordings, `undefined` where they are not there. */
export function sharedData(path: string): string | undefined {
  const file = `${
    Deno.env.get("FXMM_SHARED_DATA") ?? new URL("../../../shared/data", import.meta.url).pathname
  }/${path}`;
  try {
    Deno.statSync(file);
    return file;
  } catch {
    return undefined;
  }
}
