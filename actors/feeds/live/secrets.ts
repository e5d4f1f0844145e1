/**
 * Keys that must not be seen: what a source says is shown with them taken out, for some sources repeat the key in their answers.
 *
 * @module
 */
import { FeedFault } from "../../contract/mod.ts";

const HIDDEN = "(hidden)";
/** A shorter text is no key, and taking it out would spoil what is said. */
const SECRET_CHARS_MIN = 4;

export class Secrets {
  readonly #texts: readonly string[];

  /** Also hidden as they stand in a URL. Longest first, so that a part of one leaves no rest of another. */
  constructor(...secrets: (string | undefined)[]) {
    const texts = secrets.filter((text) => text !== undefined && text.length >= SECRET_CHARS_MIN) as string[];
    this.#texts = [...new Set(texts.flatMap((text) => [text, encodeURIComponent(text)]))]
      .sort((a, b) => b.length - a.length);
  }

  hide(text: string): string {
    let shown = text;
    for (const secret of this.#texts) shown = shown.replaceAll(secret, HIDDEN);
    return shown;
  }

  /** Do something whose faults may hold a secret. @throws {FeedFault} without it. */
  async guard<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof FeedFault)) throw error;
      const message = this.hide(error.message);
      // The cause would tell what the message does not.
      throw message === error.message
        ? error
        : new FeedFault(error.code, message, { retryAfterMs: error.retryAfterMs });
    }
  }
}

/** A URL as it may be shown: without user, password, query and fragment, where keys stand. */
export function addressOf(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`.replace(/\/$/, "");
}
