/**
 * An SMTP server for tests, which takes or refuses mail as it is told.
 *
 * @module
 */
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import type { AddressInfo } from "node:net";

export interface Mail {
  readonly text: string;
  readonly messageId: string;
  readonly subject: string;
  readonly to: readonly string[];
}

/** Why a mail is not taken: an SMTP status, and whether it is said before or after the content was read. */
export type Refusal = { status: number; at?: "recipient" | "content" } | undefined;

export interface MailServerOptions extends Pick<SMTPServerOptions, "secure" | "cert" | "key"> {
  /** Asked for each mail. @default {takes all} */
  refuse?: () => Refusal;
  user?: string;
  password?: string;
}

export class MailServer implements AsyncDisposable {
  readonly mails: Mail[] = [];
  readonly #server: SMTPServer;
  #wakers: (() => void)[] = [];

  private constructor({ refuse = () => undefined, user, password, ...tls }: MailServerOptions) {
    const refusal = ({ status }: { status: number }) =>
      Object.assign(new Error(`not now (${status})`), { responseCode: status });
    let next: Refusal;
    this.#server = new SMTPServer({
      ...tls,
      authOptional: user === undefined,
      disabledCommands: [...(tls.key === undefined ? ["STARTTLS"] : []), ...(user === undefined ? ["AUTH"] : [])],
      logger: false,
      onAuth: (auth, _session, callback) =>
        auth.username === user && auth.password === password
          ? callback(null, { user: auth.username })
          : callback(Object.assign(new Error("no such user"), { responseCode: 535 })),
      onRcptTo: (_address, _session, callback) => {
        next = refuse();
        callback(next?.at === "recipient" ? refusal(next) : null);
      },
      onData: (stream, session, callback) => {
        const pieces: Uint8Array[] = [];
        stream.on("data", (piece: Uint8Array) => void pieces.push(piece));
        stream.on("end", () => {
          if (next !== undefined) return callback(refusal(next));
          this.#take(
            new TextDecoder().decode(Uint8Array.from(pieces.flatMap((piece) => [...piece]))),
            session.envelope.rcptTo.map(({ address }) => address),
          );
          callback(null, "taken");
        });
      },
    });
    // A client that hangs up is its own affair.
    this.#server.on("error", () => {});
  }

  static async start(options: MailServerOptions = {}): Promise<MailServer> {
    const server = new MailServer(options);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", () => resolve()));
    return server;
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  async until(holds: (mails: readonly Mail[]) => boolean): Promise<void> {
    while (!holds(this.mails)) await new Promise<void>((resolve) => this.#wakers.push(resolve));
  }

  #take(text: string, to: readonly string[]): void {
    const header = (name: string) => new RegExp(`^${name}: (.*)$`, "im").exec(text)?.[1]?.trim() ?? "";
    this.mails.push({ text, to, messageId: header("Message-ID"), subject: header("Subject") });
    for (const wake of this.#wakers.splice(0)) wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
