/**
 * Opening something at its first use.
 *
 * @module
 */

/** Open something at its first use and keep it. A failure is not kept: the next use tries again. */
export function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => {
    if (opened === undefined) {
      opened = open();
      opened.catch(() => opened = undefined);
    }
    return opened;
  };
}
