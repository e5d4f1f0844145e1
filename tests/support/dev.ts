/**
 * `deno task dev` for one test, at ports of its own.
 *
 * @module
 */
import { PROJECT_ROOT } from "../../deploy/tools/mod.ts";

/** A test must not take the usual ports from whoever works on this machine. */
const FREE_PORTS = { NATS_PORT: "0", CLICKHOUSE_PORT: "0", GATEWAY_PORT: "0" };

/** What `deno task dev` runs, in a place of its own. */
export class Dev implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly ready: Promise<string>;
  readonly #printed: Promise<string>;

  constructor(dataDir: string, env: Record<string, string> = {}) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-P=dev", "deploy/dev.ts"],
      cwd: PROJECT_ROOT,
      env: { DATA_DIR: dataDir, PAIRS: "EURUSD,USDJPY", NO_COLOR: "1", ...FREE_PORTS, ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.ready = promise;
    this.ready.catch(() => {});
    const { stdout, stderr } = this.#child;
    const told = new Response(stderr).text();
    this.#printed = (async () => {
      let text = "";
      for await (const piece of stdout.pipeThrough(new TextDecoderStream())) {
        text += piece;
        const [, url] = /ready: (http:\/\/\S+)/.exec(text) ?? [];
        if (url !== undefined) resolve(url);
      }
      text += await told;
      reject(new Error(`dev ended before it was ready:\n${text}`));
      return text;
    })();
  }

  /** Ask it to stop as Ctrl-C does; answers its exit code and everything it printed. */
  async stop(signal: Deno.Signal = "SIGINT"): Promise<{ code: number; printed: string }> {
    this.#child.kill(signal);
    const { code } = await this.#child.status;
    return { code, printed: await this.#printed };
  }

  async end(): Promise<{ code: number; printed: string }> {
    const { code } = await this.#child.status;
    return { code, printed: await this.#printed };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await this.#child.status;
  }
}
