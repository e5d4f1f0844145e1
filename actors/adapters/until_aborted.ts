/**
 * Waiting for work that may take for ever, such as a server that is away, without missing the signal to stop.
 *
 * @module
 */

/**
 * The result of a promise, or `undefined` where the signal aborted and the promise did not settle within `graceMs` after that.
 * The promise itself goes on; what it fails with afterwards is dropped.
 */
export async function untilAborted<T>(
  promise: Promise<T>,
  options: { signal: AbortSignal; graceMs?: number },
): Promise<T | undefined> {
  const { signal, graceMs = 0 } = options;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onAbort = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    onAbort = () => timer = setTimeout(() => resolve(undefined), graceMs);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    promise.catch(() => {});
    signal.removeEventListener("abort", onAbort);
    clearTimeout(timer);
  }
}
