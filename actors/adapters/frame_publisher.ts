/**
 * Where feeds write their frames: the log, through a window of unacknowledged messages.
 *
 * @module
 */
import type { NatsConnection } from "@nats-io/nats-core";
import { marketSubject, type Pair, type TruthLabel, truthSubject } from "../contract/mod.ts";
import { connectNats, ensureStorage } from "./nats.ts";
import { PublishWindow } from "./publish_window.ts";

/** How long frames may fail before the feed gives up. */
const FRAME_GIVE_UP_MS = 15 * 60_000;

export interface FramePublisherOptions {
  natsUrl: string;
  /** Shown by the server's monitoring. */
  name: string;
  /** Servers that keep each stream. @default as many as do, and 1 for what is made */
  replicas?: number;
}

export interface FramePublisher {
  /** Resolves when the frame has a place in the window. */
  publish(pair: Pair, frame: Uint8Array, messageId: string): Promise<void>;
  /** Resolves when the frame is stored, and says whether it was there already. */
  store(pair: Pair, frame: Uint8Array, messageId: string): Promise<{ isDuplicate: boolean }>;
  /** The label of a scenario, where the feed makes its market itself; the same way as frames. */
  publishLabel(label: TruthLabel): Promise<void>;
  /** Resolves when everything published so far is stored. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** Connect a feed to the log; the streams are made where they are missing. */
export async function connectFramePublisher(options: FramePublisherOptions): Promise<FramePublisher> {
  const nc = await connectNats({ url: options.natsUrl, name: options.name, waitOnFirstConnect: true });
  await ensureStorage(nc, { replicas: options.replicas });
  return framePublisherOn(nc);
}

/** Publish over a connection that is there; `close` closes it. */
export function framePublisherOn(nc: NatsConnection): FramePublisher {
  const window = new PublishWindow(nc, { giveUpMs: FRAME_GIVE_UP_MS });
  return {
    publish: (pair, frame, messageId) => window.publish(marketSubject(pair), frame, messageId),
    store: (pair, frame, messageId) => window.store(marketSubject(pair), frame, messageId),
    publishLabel: (label) =>
      window.publish(
        truthSubject(label.pair as Pair),
        new TextEncoder().encode(JSON.stringify(label)),
        `truth:${label.id}`,
      ),
    drain: () => window.drain(),
    close: () => nc.close(),
  };
}
