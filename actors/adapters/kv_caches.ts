/**
 * Caches in KV for others to look at: newest states of actors, reports of nodes.
 *
 * @module
 */
import { type KV, Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/nats-core";
import { BUCKETS, type FeedReport, type NodeReport } from "../contract/mod.ts";
import type { ViewCache } from "../runtime/mod.ts";
import { once } from "./once.ts";

/** Views in the bucket of newest states. */
export class KvViewCache implements ViewCache {
  readonly #open: () => Promise<KV>;

  constructor(nc: NatsConnection) {
    this.#open = once(() => new Kvm(nc).open(BUCKETS.latest.name));
  }

  async put(key: string, payload: string): Promise<void> {
    await (await this.#open()).put(key, payload);
  }
}

/** Reports in the bucket of reports; one that is not renewed goes by itself. */
export class KvNodeReports {
  readonly #open: () => Promise<KV>;

  constructor(nc: NatsConnection) {
    this.#open = once(() => new Kvm(nc).open(BUCKETS.reports.name));
  }

  async put(report: NodeReport): Promise<void> {
    await (await this.#open()).put(`${report.group}.${report.node}`, JSON.stringify(report));
  }

  async remove({ group, node }: Pick<NodeReport, "group" | "node">): Promise<void> {
    await (await this.#open()).delete(`${group}.${node}`);
  }
}

/** Reports of feeds; one that is not renewed goes by itself. */
export class KvFeedReports {
  readonly #open: () => Promise<KV>;

  constructor(nc: NatsConnection) {
    this.#open = once(() => new Kvm(nc).open(BUCKETS.feeds.name));
  }

  async put(report: FeedReport): Promise<void> {
    await (await this.#open()).put(report.source, JSON.stringify(report));
  }

  async remove(source: string): Promise<void> {
    await (await this.#open()).delete(source);
  }
}
