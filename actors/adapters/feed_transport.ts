/**
 * How live feeds reach their sources: WebSockets and HTTP, through a proxy and with authorities of one's own where the environment
 * says so.
 *
 * The sockets are those of `ws`: unlike the built-in ones they can stop reading from the wire, so that a slow log makes the source
 * wait instead of filling the memory, and they show pings and pongs.
 *
 * @module
 */
import { HttpsProxyAgent } from "https-proxy-agent";
import { getProxyForUrl } from "proxy-from-env";
import { WebSocket } from "ws";
import { FeedFault, httpFault } from "../contract/mod.ts";
import type { FeedResponse, FeedSocket, FeedTransport, RequestOptions, SocketOptions } from "../feeds/mod.ts";

/** Time for a connection, its handshakes and the head of an answer. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Bytes of one message. A larger one ends the connection: no market message is anywhere near it. */
const MESSAGE_BYTES_MAX = 8 * 1024 * 1024;

export interface FeedTransportOptions {
  /** Certificates of authorities that are trusted beside the usual ones, PEM. */
  caCertificates?: readonly string[];
}

/** Codes of errors that a certificate causes, in Node's names. */
const CERTIFICATE_CODE = /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** An answer to a handshake that is no handshake. */
interface HandshakeAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export class WireTransport implements FeedTransport {
  readonly #ca: readonly string[] | undefined;
  readonly #client: Deno.HttpClient | undefined;

  constructor({ caCertificates }: FeedTransportOptions = {}) {
    this.#ca = caCertificates;
    this.#client = caCertificates && Deno.createHttpClient({ caCerts: [...caCertificates] });
  }

  openSocket(url: string, { headers, onText, onSign, signal }: SocketOptions): Promise<FeedSocket> {
    const opened = Promise.withResolvers<FeedSocket>();
    const closed = Promise.withResolvers<{ code: number; reason: string }>();
    const proxy = getProxyForUrl(url.replace(/^ws/, "http"));
    const socket = new WebSocket(url, {
      headers,
      handshakeTimeout: CONNECT_TIMEOUT_MS,
      maxPayload: MESSAGE_BYTES_MAX,
      // It would save bytes where time is dear, and what a message unpacks to could not be known beforehand.
      perMessageDeflate: false,
      ...(this.#ca !== undefined && { ca: [...this.#ca] }),
      ...(proxy !== "" && { agent: new HttpsProxyAgent(proxy) }),
    });
    const terminate = () => socket.terminate();
    signal.addEventListener("abort", terminate, { once: true });
    // Sources speak JSON; what is sent as binary is text all the same.
    socket.on("message", (data: Uint8Array) => onText(data.toString()));
    socket.on("ping", () => onSign?.());
    socket.on("pong", () => onSign?.());
    socket.on("unexpected-response", (_request: unknown, response: HandshakeAnswer) => {
      const retryAfter = response.headers["retry-after"];
      opened.reject(httpFault(response.statusCode, { what: hostOf(url), retryAfter, nowMs: Date.now() }));
      terminate();
    });
    socket.on("error", (error: Error & { code?: string }) => opened.reject(connectionFault(url, error)));
    socket.on("open", () =>
      opened.resolve({
        send: (text) => socket.readyState === WebSocket.OPEN && socket.send(text),
        pause: () => socket.pause(),
        resume: () => socket.resume(),
        terminate,
        closed: closed.promise,
      }));
    socket.on("close", (code: number, reason: Uint8Array) => {
      signal.removeEventListener("abort", terminate);
      opened.reject(new FeedFault("unreachable", `${hostOf(url)}: no connection`));
      closed.resolve({ code, reason: reason.toString() });
    });
    if (signal.aborted) terminate();
    return opened.promise;
  }

  async request(url: string, { headers, signal }: RequestOptions): Promise<FeedResponse> {
    const inTime = new AbortController();
    const timer = setTimeout(() => inTime.abort(), CONNECT_TIMEOUT_MS);
    try {
      const response = await fetch(url, {
        headers,
        redirect: "manual",
        signal: AbortSignal.any([signal, inTime.signal]),
        ...(this.#client !== undefined && { client: this.#client }),
      });
      return {
        status: response.status,
        header: (name) => response.headers.get(name),
        body: response.body ?? new ReadableStream({ start: (controller) => controller.close() }),
      };
    } catch (error) {
      if (inTime.signal.aborted) {
        throw new FeedFault("unreachable", `${hostOf(url)}: no answer in ${CONNECT_TIMEOUT_MS} ms`);
      }
      throw connectionFault(url, error as Error);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#client?.close();
  }
}

/** Says where, and no path or query: those may hold a key. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "the source";
}

function connectionFault(url: string, error: Error & { code?: string; cause?: unknown }): FeedFault {
  const { code } = error;
  const isCertificate = code !== undefined && CERTIFICATE_CODE.test(code);
  return new FeedFault(isCertificate ? "certificate" : "unreachable", `${hostOf(url)}: ${code ?? reasonOf(error)}`, {
    cause: error,
  });
}

/** The innermost reason; the outer ones of `fetch` repeat the URL. */
function reasonOf(error: Error): string {
  let reason: unknown = error;
  while (reason instanceof Error && reason.cause instanceof Error) reason = reason.cause;
  return (reason as Error).message.replace(/\S+:\/\/\S+/g, "(address)");
}
