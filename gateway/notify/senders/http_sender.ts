/**
 * Senders over HTTP: what is posted differs, how it is posted does not.
 *
 * @module
 */
import type { Post } from "../http_post.ts";
import { DeliveryFault, type Outgoing, type Sender } from "../sender.ts";

export interface HttpRequest {
  url: string;
  body: string;
  headers: Readonly<Record<string, string>>;
}

/** What is posted of a message. */
export type RequestMaker = (message: Outgoing, context: { pageUrl: string | undefined; nowMs: number }) => HttpRequest;

export interface HttpSenderOptions {
  /** Its host is shown, and nothing else of it: paths and queries hold keys. */
  url: string;
  /** What must not be told, should a receiver repeat it. */
  secrets: readonly (string | undefined)[];
  allowPrivate: boolean;
  caCertificates: readonly string[] | undefined;
  pageUrl: string | undefined;
  nowMs: () => number;
  post: Post;
}

/** A shorter text is no key, and taking it out would spoil what is said. */
const SECRET_CHARS_MIN = 4;

export class HttpSender implements Sender {
  readonly target: string;
  readonly #make: RequestMaker;
  readonly #options: HttpSenderOptions;
  readonly #secrets: readonly string[];

  constructor(make: RequestMaker, options: HttpSenderOptions) {
    const { protocol, host, pathname } = new URL(options.url);
    this.target = `${protocol}//${host}`;
    this.#make = make;
    this.#options = options;
    this.#secrets = [...options.secrets, pathname.slice(1)]
      .filter((secret) => secret !== undefined && secret.length >= SECRET_CHARS_MIN) as string[];
  }

  async send(message: Outgoing, signal: AbortSignal): Promise<void> {
    const { allowPrivate, caCertificates, pageUrl, nowMs, post } = this.#options;
    const request = this.#make(message, { pageUrl, nowMs: nowMs() });
    try {
      await post({ ...request, allowPrivate, caCertificates, signal });
    } catch (error) {
      if (!(error instanceof DeliveryFault)) throw error;
      let shown = error.message;
      for (const secret of this.#secrets) shown = shown.replaceAll(secret, "(hidden)");
      throw new DeliveryFault(error.code, shown, { retryAfterMs: error.retryAfterMs });
    }
  }

  close(): void {}
}
