/**
 * The embedded ClickHouse server, started as a child process and awaited until it listens.
 *
 * A process of its own, because the engine is 560 MB of native code with threads and memory of its own: a crash or a leak
 * in it ends that process and no other.
 *
 * @module
 */

/** Options of {@linkcode startEmbeddedClickHouse}. */
export interface EmbeddedClickHouseOptions {
  /** Directory of the data; made when it is not there. One process at a time may use it. */
  dataDir: string;
  /** @default {"127.0.0.1"} */
  host?: string;
  /** 0 takes any free port. @default {0} */
  port?: number;
  /** Aborting it stops the server, or gives up the start. */
  signal?: AbortSignal;
  /** Receives the server's log, line by line. @default {console.error} */
  log?: (line: string) => void;
}

/** A running server. */
export interface EmbeddedClickHouse {
  /** Base URL, such as `http://127.0.0.1:8123`. */
  readonly url: string;
  readonly pid: number;
  /** Resolves with the exit status when the process has ended, for whatever reason. */
  readonly exited: Promise<Deno.CommandStatus>;
  /** Ends it in good order: running queries finish or are stopped, the data is closed. */
  stop(): Promise<Deno.CommandStatus>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<Deno.CommandStatus>;
}

/** The server ended before it listened; the message holds the last lines of its log. */
export class EmbeddedClickHouseStartError extends Error {
  override readonly name = "EmbeddedClickHouseStartError";
}

/** Lines of log kept for the message of a failed start. */
const LOG_TAIL_LINES = 20;

/** Starts the server. @throws {EmbeddedClickHouseStartError} when it ends before it listens. */
export async function startEmbeddedClickHouse(options: EmbeddedClickHouseOptions): Promise<EmbeddedClickHouse> {
  const { dataDir, host = "127.0.0.1", port = 0, signal, log = (line) => console.error(line) } = options;
  signal?.throwIfAborted();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-lock",
      "--no-prompt",
      // Without it `request.signal` aborts after every answered request, not only when the client has gone.
      "--unstable-no-legacy-abort",
      "--allow-ffi",
      "--allow-sys=hostname",
      `--allow-read=${dataDir}`,
      `--allow-write=${dataDir}`,
      `--allow-net=${host}`,
      new URL("./main.ts", import.meta.url).href,
      ...["--data", dataDir, "--host", host, "--port", String(port), "--exit-with-parent"],
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();

  const tail: string[] = [];
  const logged = forEachLine(child.stderr, (line) => {
    tail.push(line);
    if (tail.length > LOG_TAIL_LINES) tail.shift();
    log(line);
  });
  const ready = Promise.withResolvers<string>();
  const printed = forEachLine(child.stdout, (line) => {
    if (line.startsWith("READY ")) ready.resolve((JSON.parse(line.slice("READY ".length)) as { url: string }).url);
  });
  const exited = Promise.all([child.status, logged, printed]).then(([status]) => status);
  const end = (reason: Deno.Signal) => {
    try {
      child.kill(reason);
    } catch (error) {
      // It has ended already.
      if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
    }
    return exited;
  };
  const onAbort = () => void end("SIGTERM");
  signal?.addEventListener("abort", onAbort, { once: true });
  exited.finally(() => signal?.removeEventListener("abort", onAbort)).catch(() => {});

  const url = await Promise.race([ready.promise, exited.then(() => undefined)]);
  signal?.throwIfAborted();
  if (url === undefined) {
    const { code } = await exited;
    throw new EmbeddedClickHouseStartError(
      `The embedded ClickHouse server ended with code ${code} before it listened:\n${tail.join("\n")}`,
    );
  }
  return { url, pid: child.pid, exited, stop: () => end("SIGTERM"), kill: () => end("SIGKILL") };
}

async function forEachLine(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  use: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) use(line);
  }
  if (rest !== "") use(rest);
}
