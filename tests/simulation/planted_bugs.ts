/**
 * Bugs to plant: doubles of a node's ports that break one promise of the runtime each. A simulation that does not find them proves
 * nothing.
 *
 * @module
 */
import { type HostPorts, NotNewestError, type Output, type Register, RevisionError } from "../../actors/runtime/mod.ts";
import type { SimulatedNode } from "./node.ts";

export type Plant = (ports: HostPorts, node: SimulatedNode) => HostPorts;

/** Outputs count as stored when they are sent: snapshots run ahead of them. */
const snapshotBeforeAcknowledgement: Plant = (ports, node) => {
  const underWay = new Map<string, Promise<unknown>>();
  return {
    ...ports,
    outlet: {
      newest: (subject) => ports.outlet.newest(subject),
      store: async (output, after) => {
        const { subject } = output;
        const before = underWay.get(subject) ?? Promise.resolve();
        underWay.set(subject, before.then(() => storeAtAnyPrice(ports, output)));
        await new Promise<void>((resolve) => node.later(0, resolve));
        return after;
      },
    },
  };
};

async function storeAtAnyPrice({ outlet }: HostPorts, output: Output): Promise<void> {
  for (let tries = 0; tries < 10; tries++) {
    try {
      await outlet.store(output, (await outlet.newest(output.subject))?.sequence ?? 0);
      return;
    } catch {
      // Once more.
    }
  }
}

/** A lease is written whatever its revision: whoever lost it goes on as its owner. */
const leaseWithoutFence: Plant = (ports) => {
  const { leases } = ports;
  const put: Register["put"] = async (key, value, revision) => {
    for (let known = revision;; known = (await leases.get(key))?.revision ?? 0) {
      try {
        return await leases.put(key, value, known);
      } catch (error) {
        if (!(error instanceof RevisionError)) throw error;
      }
    }
  };
  return { ...ports, leases: { ...leases, put, get: leases.get, delete: leases.delete, watch: leases.watch } };
};

/** An output is stored whatever is the newest on its subject: only the memory for ids keeps repeats out. */
const outputWithoutFence: Plant = (ports) => {
  const { outlet } = ports;
  return {
    ...ports,
    outlet: {
      newest: (subject) => outlet.newest(subject),
      store: async (output, after) => {
        for (let known = after;; known = (await outlet.newest(output.subject))?.sequence ?? 0) {
          try {
            return await outlet.store(output, known);
          } catch (error) {
            if (!(error instanceof NotNewestError)) throw error;
          }
        }
      },
    },
  };
};

/** Ids count what a life of a node has sent, and say nothing of what it comes from. */
const idFromCounter: Plant = (ports) => {
  let count = 0;
  const { outlet } = ports;
  return {
    ...ports,
    outlet: {
      newest: (subject) => outlet.newest(subject),
      store: (output, after) => {
        const [actor, log] = output.messageId.split(":");
        return outlet.store({ ...output, messageId: `${actor}:${log}:${++count}:0` }, after);
      },
    },
  };
};

export const PLANTED_BUGS: Readonly<Record<string, Plant>> = {
  "a snapshot before its outputs are acknowledged": snapshotBeforeAcknowledgement,
  "a lease without its fence": leaseWithoutFence,
  "outputs without their fence": outputWithoutFence,
  "ids from a counter": idFromCounter,
};
