/**
 * A worker that serves messages over a WebSocket, as fast as the peer takes them or at a pace, for benchmarks. It answers whatever it
 * is asked with the instruments first and then the messages.
 *
 * @module
 */
import { INSTRUMENTS, messagesOf } from "./kraken_messages.ts";

/** Bytes that wait on our side before the next messages are made to wait. */
const BUFFERED_BYTES_MAX = 4 * 1024 * 1024;

export interface Script {
  messageCount: number;
  depth: number;
  /** As fast as possible where left out. */
  messagesPerSecond?: number;
}

const worker = self as unknown as {
  onmessage: (event: MessageEvent<Script>) => void;
  postMessage(value: unknown): void;
};

worker.onmessage = ({ data: { messageCount, depth, messagesPerSecond } }) => {
  const messages = messagesOf(depth, messageCount);
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => worker.postMessage({ port }),
  }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    let subscribed = false;
    socket.onmessage = ({ data }) => {
      if (String(data).includes('"instrument"')) socket.send(INSTRUMENTS);
      else if (!subscribed) {
        subscribed = true;
        void send(socket, messages, messagesPerSecond);
      }
    };
    return response;
  });
  void server.finished;
};

async function send(
  socket: WebSocket,
  messages: readonly string[],
  messagesPerSecond: number | undefined,
): Promise<void> {
  const startMs = performance.now();
  for (const [index, text] of messages.entries()) {
    const isAhead = () =>
      messagesPerSecond !== undefined && index > (performance.now() - startMs) * messagesPerSecond / 1_000;
    while (socket.bufferedAmount > BUFFERED_BYTES_MAX || isAhead()) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    if (socket.readyState !== WebSocket.OPEN) return;
    const nowUs = Math.round((performance.timeOrigin + performance.now()) * 1_000);
    const stamp = new Date(Math.floor(nowUs / 1_000)).toISOString().slice(0, -1) +
      String(nowUs % 1_000).padStart(3, "0");
    socket.send(text.replace(/"timestamp":"[^"]*"/, `"timestamp":"${stamp}Z"`));
  }
  worker.postMessage({ sent: messages.length });
}
