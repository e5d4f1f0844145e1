/**
 * Runs a short command to its end: bounded in time and in what is kept of its output.
 *
 * @module
 */

/** Bytes kept of each output of a command. What comes after is read and dropped, so that the command never blocks. */
export const COMMAND_OUTPUT_BYTES_MAX = 64 * 1024;

export interface RunOptions {
  /** After this the command is killed and `timedOut` set. */
  timeoutMs: number;
  /** Added to the environment of this process. */
  env?: Record<string, string>;
  cwd?: string;
  /** Kills the command; `run()` then rejects with the reason. */
  signal?: AbortSignal;
}

export interface RunResult {
  code: number;
  stdout: string;
  stderr: string;
  timedOut: boolean;
}

/** Runs `path` and waits. Rejects with `Deno.errors.NotFound` and the like only when it cannot be started. */
export async function run(path: string, args: string[], options: RunOptions): Promise<RunResult> {
  options.signal?.throwIfAborted();
  const child = new Deno.Command(path, {
    args,
    env: options.env,
    cwd: options.cwd,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const outputs = [new Output(child.stdout), new Output(child.stderr)] as const;
  let timedOut = false;
  // A grandchild may hold the pipes open after the kill: let go of them too.
  const giveUp = () => {
    kill(child, "SIGKILL");
    for (const output of outputs) output.cancel();
  };
  const timer = setTimeout(() => {
    timedOut = true;
    giveUp();
  }, options.timeoutMs);
  options.signal?.addEventListener("abort", giveUp);
  try {
    const [stdout, stderr, status] = await Promise.all([outputs[0].text(), outputs[1].text(), child.status]);
    options.signal?.throwIfAborted();
    return { code: status.code, stdout, stderr, timedOut };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", giveUp);
  }
}

/** Signals a child that may already be gone; says whether it was still there. */
export function kill(child: Deno.ChildProcess, signal: Deno.Signal): boolean {
  try {
    child.kill(signal);
    return true;
  } catch (error) {
    // Deno reports a process that has ended as either of these.
    if (error instanceof Deno.errors.NotFound || error instanceof TypeError) return false;
    throw error;
  }
}

class Output {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  cancel(): void {
    void this.#reader.cancel().catch(() => {});
  }

  async text(): Promise<string> {
    const decoder = new TextDecoder();
    let kept = 0;
    let text = "";
    while (true) {
      const { done, value } = await this.#reader.read();
      if (done) return text + decoder.decode();
      const room = COMMAND_OUTPUT_BYTES_MAX - kept;
      if (room <= 0) continue;
      text += decoder.decode(value.subarray(0, room), { stream: true });
      kept += Math.min(room, value.length);
    }
  }
}
