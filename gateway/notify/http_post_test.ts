import assert from "node:assert/strict";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { DeliveryFaultCode } from "../../actors/contract/mod.ts";
import { certificates } from "../../tests/support/certificates.ts";
import { httpPost, type PostOptions, statusFault } from "./http_post.ts";
import { DeliveryFault } from "./sender.ts";

const never = new AbortController().signal;
const options = (url: string, more: Partial<PostOptions> = {}): PostOptions => ({
  url,
  body: '{"a":1}',
  headers: { "content-type": "application/json" },
  allowPrivate: true,
  caCertificates: undefined,
  signal: never,
  ...more,
});

async function faultOf(post: Promise<void>): Promise<DeliveryFault> {
  const error = await post.then(() => assert.fail("was taken"), (error) => error);
  assert(error instanceof DeliveryFault, String(error));
  return error;
}

/** A server that answers as it is told, and what it got. */
async function withServer(
  answer: (request: Request) => Response | Promise<Response>,
  run: (url: string, got: { path: string; body: string; headers: Headers }[]) => Promise<void>,
): Promise<void> {
  const got: { path: string; body: string; headers: Headers }[] = [];
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    got.push({ path: new URL(request.url).pathname, body: await request.text(), headers: request.headers });
    return await answer(request);
  });
  await run(`http://127.0.0.1:${server.addr.port}/hook`, got);
}

Deno.test("`httpPost()` posts, and resolves with any answer that says yes", async () => {
  await withServer(() => new Response(null, { status: 202 }), async (url, got) => {
    await httpPost(options(url));
    assert.deepEqual([got[0]!.path, got[0]!.body, got[0]!.headers.get("content-length")], ["/hook", '{"a":1}', "7"]);
  });
});

Deno.test("`httpPost()` sends nothing to a private address, literal or by its name, where that is not allowed", async () => {
  await withServer(() => new Response("taken"), async (url, got) => {
    const { port } = new URL(url);
    for (const host of ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "[::ffff:127.0.0.1]"]) {
      const { code } = await faultOf(httpPost(options(`http://${host}:${port}/`, { allowPrivate: false })));
      assert.equal(code, "private-address", host);
    }
    assert.equal(got.length, 0);
  });
});

Deno.test("`httpPost()` does not follow a redirect", async () => {
  await withServer(
    () => new Response(null, { status: 307, headers: { location: "http://169.254.169.254/" } }),
    async (url, got) => {
      assert.equal((await faultOf(httpPost(options(url)))).code, "redirect");
      assert.equal(got.length, 1);
    },
  );
});

Deno.test("`httpPost()` ends with its signal, however slowly the answer drips", async () => {
  const stop = new AbortController();
  const first = Promise.withResolvers<void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  const drip = new ReadableStream({
    start(controller) {
      timer = setInterval(() => {
        controller.enqueue(new TextEncoder().encode("."));
        first.resolve();
      }, 5);
    },
    cancel: () => clearInterval(timer),
  });
  await withServer(() => new Response(drip), async (url) => {
    const post = faultOf(httpPost(options(url, { signal: stop.signal })));
    await first.promise;
    stop.abort(new DeliveryFault("timeout", "no answer in 1 s"));
    assert.deepEqual([(await post).code, (await post).message], ["timeout", "no answer in 1 s"]);
    clearInterval(timer);
  });
});

Deno.test("`httpPost()` reads no more of an answer than it tells of", async () => {
  await withServer(() => new Response("x".repeat(10_000_000), { status: 500 }), async (url) => {
    const fault = await faultOf(httpPost(options(url)));
    assert.equal(fault.code, "failed");
    assert(fault.message.length < 200);
  });
});

Deno.test("`httpPost()` verifies certificates, against authorities of one's own too", async () => {
  const { ca, cert, key } = await certificates();
  const server = createServer(
    { cert, key },
    (request, response) => request.resume().on("end", () => response.end("ok")),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const url = `https://localhost:${(server.address() as AddressInfo).port}/`;
  assert.equal((await faultOf(httpPost(options(url)))).code, "certificate");
  await httpPost(options(url, { caCertificates: [ca] }));
  await new Promise((resolve) => server.close(resolve));
});

Deno.test("`httpPost()` says that nobody is there", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const fault = await faultOf(httpPost(options(`http://127.0.0.1:${port}/`)));
  assert.deepEqual([fault.code, fault.message], ["unreachable", `127.0.0.1:${port}: ECONNREFUSED`]);
  assert.equal((await faultOf(httpPost(options("http://no-such-host.invalid/")))).code, "unreachable");
});

Deno.test("`statusFault()` is final only for what speaks of the message itself", () => {
  const codes: Record<number, DeliveryFaultCode> = {
    301: "redirect",
    400: "refused",
    401: "auth",
    404: "auth",
    408: "failed",
    413: "refused",
    422: "refused",
    429: "rate-limited",
    500: "failed",
    503: "failed",
  };
  for (const [status, code] of Object.entries(codes)) {
    const fault = statusFault(Number(status), { host: "h", text: " no\n way " });
    assert.deepEqual([fault.code, fault.isFinal], [code, code === "refused"], status);
  }
  assert.equal(statusFault(429, { host: "h", text: "", retryAfter: "7" }).retryAfterMs, 7_000);
  assert.equal(statusFault(400, { host: "h", text: " no\n way " }).message, "h answered 400: no way");
});
