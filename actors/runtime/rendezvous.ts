/**
 * Weighted rendezvous hashing: which node runs a task.
 *
 * Every node has a score for the task, −w / ln u, with w its capacity and u in (0, 1) the hash of (node, task); the highest score
 * wins. All who see the same nodes agree without talking. A node that joins takes only what it wins, a share of w / Σw; when it
 * leaves, only that moves. O(nodes) per task.
 *
 * Source: D. Thaler, C. Ravishankar, "Using name-based mappings to increase hit rates", IEEE/ACM Trans. Networking 6(1), 1998;
 * weights after J. Resch, "New hashing algorithms for data storage", SNIA SDC 2015.
 *
 * @module
 */

export interface WeightedNode {
  readonly node: string;
  /** Its share relative to the others, above 0. */
  readonly capacity: number;
}

/** The node that runs a task; `undefined` where there is none. Equal scores go to the name that sorts first. */
export function rendezvous<N extends WeightedNode>(task: string, nodes: readonly N[]): N | undefined {
  let winner: N | undefined;
  let highest = -Infinity;
  for (const candidate of nodes) {
    const score = -candidate.capacity / Math.log(uniform(`${candidate.node}\n${task}`));
    if (score > highest || (score === highest && candidate.node < winner!.node)) {
      winner = candidate;
      highest = score;
    }
  }
  return winner;
}

/** A hash in (0, 1): FNV-1a over the characters, its bits spread by the finaliser of MurmurHash3. */
export function uniform(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) + 0.5) / 2 ** 32;
}
