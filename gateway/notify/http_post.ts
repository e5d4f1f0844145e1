/**
 * Posts a message over HTTP, carefully: to an address that is looked at before anything is sent there, without following redirects, in
 * bounded time, with a bounded answer.
 *
 * The address is judged where the connection is made, not by an earlier look at the name, which could answer differently the next time.
 * Through a proxy of the environment it is the proxy that resolves names, and its rules that hold.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { lookup as resolve, type LookupAddress } from "node:dns";
import http from "node:http";
import https from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { HttpsProxyAgent } from "https-proxy-agent";
import { getProxyForUrl } from "proxy-from-env";
import { isPublicAddress } from "./public_address.ts";
import { DeliveryFault } from "./sender.ts";

/** Bytes of an answer that are read: for the reason of a refusal. */
const ANSWER_BYTES_MAX = 4 * 1024;
/** Characters of an answer that are told. */
const REASON_CHARS_MAX = 120;

export interface PostOptions {
  url: string;
  body: string;
  headers: Readonly<Record<string, string>>;
  allowPrivate: boolean;
  /** Authorities to trust beside the usual ones, PEM. */
  caCertificates: readonly string[] | undefined;
  /** Ends the attempt; its reason says which fault that is. */
  signal: AbortSignal;
}

export type Post = (options: PostOptions) => Promise<void>;

/**
 * Resolves when the receiver has taken it.
 *
 * @throws {DeliveryFault} with what became of it instead.
 */
export function httpPost({ url, body, headers, allowPrivate, caCertificates, signal }: PostOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const target = new URL(url);
  const host = target.host;
  const hostname = target.hostname.replace(/^\[|\]$/g, "");
  if (!allowPrivate && isIP(hostname) !== 0 && !isPublicAddress(hostname)) return Promise.reject(privateFault(host));
  const proxy = getProxyForUrl(url);
  const bytes = Buffer.from(body);
  const request = (target.protocol === "https:" ? https : http).request({
    method: "POST",
    hostname,
    port: target.port === "" ? undefined : Number(target.port),
    path: target.pathname + target.search,
    headers: { "user-agent": "fx-microstructure-monitor", ...headers, "content-length": String(bytes.length) },
    lookup: allowPrivate ? undefined : publicLookup(host),
    // Connections are few and far between, and one that is kept may be closed under the next message.
    agent: proxy === "" ? false : new HttpsProxyAgent(proxy),
    ...(caCertificates !== undefined && { ca: [...caCertificates] }),
  }, (response) => {
    const pieces: string[] = [];
    let length = 0;
    response.setEncoding("utf8");
    response.on("data", (piece: string) => {
      if (length < ANSWER_BYTES_MAX) pieces.push(piece);
      length += piece.length;
      if (length >= ANSWER_BYTES_MAX) settle();
    });
    const settle = () => {
      const { statusCode: status = 0, headers: { "retry-after": retryAfter } } = response;
      if (status >= 200 && status < 300) resolve();
      else reject(statusFault(status, { host, text: pieces.join(""), retryAfter }));
      request.destroy();
    };
    response.on("end", settle);
    response.on("error", (error) => reject(connectionFault(host, error)));
  });
  const abort = () => {
    reject(signal.reason instanceof DeliveryFault ? signal.reason : new DeliveryFault("timeout", `${host}: ended`));
    request.destroy();
  };
  request.on("error", (error) => reject(connectionFault(host, error)));
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  request.end(bytes);
  return promise.finally(() => signal.removeEventListener("abort", abort));
}

/** Names are resolved as always; that one of the addresses is private refuses all of them. */
const publicLookup = (host: string): LookupFunction => (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error !== null) return callback(error, "", 0);
    if (!addresses.every(({ address }) => isPublicAddress(address))) return callback(privateFault(host), "", 0);
    if (options.all) return callback(null, addresses);
    callback(null, addresses[0]!.address, addresses[0]!.family);
  });
};

const privateFault = (host: string) =>
  new DeliveryFault("private-address", `${host} lies at a private address; set allowPrivate where that is meant`);

/** What a status means. Only what speaks of this one message is final: everything else may be put right, or passes. */
export function statusFault(
  status: number,
  { host, text, retryAfter }: { host: string; text: string; retryAfter?: string },
): DeliveryFault {
  const reason = text.replace(/\s+/g, " ").trim().slice(0, REASON_CHARS_MAX);
  const detail = `${host} answered ${status}${reason === "" ? "" : `: ${reason}`}`;
  const retryAfterMs = retryAfter === undefined ? undefined : retryAfterMsOf(retryAfter);
  if (status >= 300 && status < 400) {
    return new DeliveryFault(
      "redirect",
      `${host} answered ${status}; redirects are not followed, expected its new URL`,
    );
  }
  if (status === 401 || status === 403 || status === 404 || status === 407 || status === 410) {
    return new DeliveryFault("auth", detail);
  }
  if (status === 429) return new DeliveryFault("rate-limited", detail, { retryAfterMs });
  if (status === 400 || status === 413 || status === 415 || status === 422) return new DeliveryFault("refused", detail);
  return new DeliveryFault("failed", detail, { retryAfterMs });
}

function retryAfterMsOf(text: string): number | undefined {
  const seconds = Number(text);
  if (text.trim() !== "" && Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - Date.now());
}

const CERTIFICATE_CODE = /CERT|UNABLE_TO_|SELF_SIGNED|ERR_TLS/;

function connectionFault(host: string, error: Error & { code?: string }): DeliveryFault {
  if (error instanceof DeliveryFault) return error;
  const cause = error.cause instanceof DeliveryFault ? error.cause : undefined;
  if (cause !== undefined) return cause;
  const isCertificate = CERTIFICATE_CODE.test(error.code ?? "") || /certificate/i.test(error.name);
  return new DeliveryFault(isCertificate ? "certificate" : "unreachable", `${host}: ${error.code ?? error.name}`, {
    cause: error,
  });
}
