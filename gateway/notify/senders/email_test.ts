import assert from "node:assert/strict";
import { AlertRoute, type AlertRouteOf, type DeliveryFaultCode } from "../../../actors/contract/mod.ts";
import { certificates } from "../../../tests/support/certificates.ts";
import { MailServer } from "../../../tests/support/mail_server.ts";
import { exampleAlert } from "../alert_words.ts";
import { DeliveryFault } from "../sender.ts";
import { EmailSender } from "./email.ts";

const never = new AbortController().signal;
const message = { alert: { ...exampleAlert(1e12), id: "default-1" }, key: "abc-7", timeMs: 1e12 };

function sender(server: { port: number }, more: Record<string, unknown> = {}, ca?: string): EmailSender {
  const route = AlertRoute.parse({
    type: "email",
    host: "localhost",
    port: server.port,
    tls: "off",
    from: "fx@example.com",
    to: ["desk@example.com", "risk@example.com"],
    timeoutS: 5,
    ...more,
  }) as AlertRouteOf<"email">;
  return new EmailSender(route, {
    pageUrl: "https://page.example",
    caCertificates: ca === undefined ? undefined : [ca],
  });
}

async function codeOf(sent: Promise<void>): Promise<DeliveryFaultCode> {
  const error = await sent.then(() => assert.fail("was taken"), (error) => error);
  assert(error instanceof DeliveryFault, String(error));
  assert(!error.message.includes("a password"), error.message);
  return error.code;
}

Deno.test("an alert is a mail in the thread of its alert, under a Message-ID of its key", async () => {
  await using server = await MailServer.start();
  await sender(server).send(message, never);
  const [mail] = server.mails;
  assert.deepEqual([mail!.messageId, mail!.to, mail!.subject], [
    "<abc-7@example.com>",
    ["desk@example.com", "risk@example.com"],
    "Info: EUR/USD test (test)",
  ]);
  assert.match(mail!.text, /^References: <default-1@example.com>$/m);
  assert(mail!.text.replaceAll("=3D", "=").includes("https://page.example/#/?alert=default-1"));
  await sender(server, { subject: "{{what}}", template: "{{sentence}}" }).send(message, never);
  assert.equal(server.mails[1]!.subject, "test");
});

Deno.test("what the server says of the mail is final only where it will not have its content for good", async () => {
  const refusals = [
    { status: 451, at: "recipient" },
    { status: 550, at: "recipient" },
    { status: 452, at: "content" },
    { status: 554, at: "content" },
  ] as const;
  let next = 0;
  await using server = await MailServer.start({ refuse: () => refusals[next++] });
  const codes: DeliveryFaultCode[] = [];
  while (codes.length < refusals.length) {
    codes.push(await codeOf(sender(server, { to: ["a@b.example"] }).send(message, never)));
  }
  assert.deepEqual(codes, ["failed", "failed", "failed", "refused"]);
});

Deno.test("it logs in over TLS, verified, and hides its password", async () => {
  const { ca, cert, key } = await certificates();
  await using server = await MailServer.start({ cert, key, user: "fx", password: "a password" });
  const login = { tls: "starttls", user: "fx", password: "a password" };
  await sender(server, login, ca).send(message, never);
  assert.equal(server.mails.length, 1);
  assert.equal(await codeOf(sender(server, login).send(message, never)), "certificate");
  assert.equal(await codeOf(sender(server, { ...login, user: "someone" }, ca).send(message, never)), "auth");
  await using plain = await MailServer.start();
  assert.equal(await codeOf(sender(plain, { tls: "starttls" }, ca).send(message, never)), "certificate");
});

Deno.test("nobody there, and a server that says nothing", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr as Deno.NetAddr;
  const accepted = listener.accept();
  const stop = new AbortController();
  const sent = codeOf(sender({ port }).send(message, stop.signal));
  const connection = await accepted;
  stop.abort(new DeliveryFault("timeout", "no answer in 5 s"));
  assert.equal(await sent, "timeout");
  connection.close();
  listener.close();
  assert.equal(await codeOf(sender({ port }).send(message, never)), "unreachable");
});
