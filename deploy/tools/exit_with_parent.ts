/**
 * Ends a role with the process that started it.
 *
 * The parent holds the other end of this process's stdin and never writes to it. However the parent ends, even by SIGKILL, the
 * kernel closes that end, and the read here returns.
 *
 * @module
 */

/** Calls `onGone` when stdin ends. Keeps this process alive until then, or until the result is disposed. */
export function exitWithParent(onGone: () => void): Disposable {
  const reader = Deno.stdin.readable.getReader();
  let disposed = false;
  const watch = async () => {
    try {
      while (!(await reader.read()).done);
    } catch {
      // A pipe that broke has ended, too.
    }
    if (!disposed) onGone();
  };
  void watch();
  return {
    [Symbol.dispose]() {
      disposed = true;
      void reader.cancel();
    },
  };
}
