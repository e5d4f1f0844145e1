/**
 * Alerts by e-mail over SMTP.
 *
 * The Message-ID is made of the idempotency key, and everything about one alert refers to its id: what comes twice is one message to the
 * mail programs that go by it, and an alert is one thread.
 *
 * @module
 */
import nodemailer from "nodemailer";
import type { AlertRouteOf, DeliveryFaultCode } from "../../../actors/contract/mod.ts";
import { textOf, titleOf, wordsOf } from "../alert_words.ts";
import { DeliveryFault, type Outgoing, type Sender } from "../sender.ts";
import { Template } from "../template.ts";

/** Characters of an answer that are told. */
const REASON_CHARS_MAX = 120;

export interface EmailSenderOptions {
  pageUrl: string | undefined;
  caCertificates: readonly string[] | undefined;
}

export class EmailSender implements Sender {
  readonly target: string;
  readonly #route: AlertRouteOf<"email">;
  readonly #options: EmailSenderOptions;
  readonly #subject: Template | undefined;
  readonly #text: Template | undefined;

  constructor(route: AlertRouteOf<"email">, options: EmailSenderOptions) {
    this.#route = route;
    this.#options = options;
    this.#subject = route.subject === undefined ? undefined : new Template(route.subject);
    this.#text = route.template === undefined ? undefined : new Template(route.template);
    this.target = `${route.to.join(", ")} by ${route.host}`;
  }

  async send({ alert, key, timeMs }: Outgoing, signal: AbortSignal): Promise<void> {
    const { from, to, host } = this.#route;
    const words = wordsOf(alert, { pageUrl: this.#options.pageUrl });
    const domain = from.slice(from.indexOf("@") + 1);
    const transport = this.#transport();
    const ended = Promise.withResolvers<never>();
    const end = () => {
      ended.reject(
        signal.reason instanceof DeliveryFault ? signal.reason : new DeliveryFault("timeout", `${host}: ended`),
      );
      transport.close();
    };
    signal.addEventListener("abort", end, { once: true });
    try {
      if (signal.aborted) end();
      const sent = transport.sendMail({
        from,
        to,
        subject: this.#subject?.render(words) ?? `${titleOf(words)} (${words.rule})`,
        text: this.#text?.render(words) ?? textOf(words),
        date: new Date(timeMs),
        messageId: `<${key}@${domain}>`,
        references: `<${alert.id}@${domain}>`,
        headers: { "Auto-Submitted": "auto-generated", "X-Idempotency-Key": key },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      await Promise.race([sent, ended.promise]);
    } catch (error) {
      throw error instanceof DeliveryFault ? error : smtpFault(error as SmtpError, this.#route);
    } finally {
      signal.removeEventListener("abort", end);
      transport.close();
    }
  }

  close(): void {}

  #transport() {
    const { host, tls, port = tls === "always" ? 465 : 587, user, password, timeoutS } = this.#route;
    const timeoutMs = timeoutS * 1_000;
    const { caCertificates } = this.#options;
    return nodemailer.createTransport({
      host,
      port,
      secure: tls === "always",
      requireTLS: tls === "starttls",
      ignoreTLS: tls === "off",
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      ...(user !== undefined && { auth: { user, pass: password ?? "" } }),
      tls: { rejectUnauthorized: true, ...(caCertificates !== undefined && { ca: [...caCertificates] }) },
    });
  }
}

interface SmtpError extends Error {
  code?: string;
  /** What the socket said, where `code` is the library's own. */
  originalCode?: string;
  responseCode?: number;
  response?: string;
}

const CODES: Readonly<Record<string, DeliveryFaultCode>> = {
  EAUTH: "auth",
  ENOAUTH: "auth",
  EOAUTH2: "auth",
  ETLS: "certificate",
  EREQUIRETLS: "certificate",
  ETIMEDOUT: "timeout",
  ECONNECTION: "unreachable",
  EDNS: "unreachable",
  ESOCKET: "unreachable",
};
const CERTIFICATE_CODE = /CERT|UNABLE_TO_|SELF_SIGNED/;

/** Only a message that the server will not have for good (5xx to its content) is final. */
function smtpFault(error: SmtpError, { host, password }: AlertRouteOf<"email">): DeliveryFault {
  const { code = "", originalCode = code, responseCode = 0, response = originalCode || error.name } = error;
  const said = response.replace(/\s+/g, " ").slice(0, REASON_CHARS_MAX);
  const shown = password === undefined || password.length < 4 ? said : said.replaceAll(password, "(hidden)");
  const isRefused = code === "EMESSAGE" && responseCode >= 500;
  const isCertificate = CERTIFICATE_CODE.test(originalCode);
  const known = isRefused ? "refused" : isCertificate ? "certificate" : CODES[code] ?? "failed";
  return new DeliveryFault(known, `${host}: ${shown}`, { cause: error });
}
