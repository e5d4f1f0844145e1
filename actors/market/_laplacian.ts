/**
 * Least squares on a graph: values of the nodes whose differences along the edges are nearest to what is measured there.
 *
 * Of each component the values sum to 0, which picks one of the solutions of L·f = Bᵀy: L + 1·1ᵀ over each component is positive
 * definite and has that one. Its Cholesky factor is kept until other edges take part.
 *
 * @module
 */
export class LaplacianSolver {
  /** Which edges the factor is of. */
  #key = "";
  #factor: Float64Array = new Float64Array(0);
  /** Whether an edge touches a node. */
  #touched: boolean[] = [];

  /**
   * @param edges from node and to node of each
   * @param moves value of the from node less that of the to node, as measured; NaN leaves the edge out
   * @returns a value for each node; NaN for those that no edge touches.
   */
  solve(nodeCount: number, edges: readonly (readonly [number, number])[], moves: readonly number[]): number[] {
    const taking = edges.filter((_, k) => Number.isFinite(moves[k]));
    const key = `${nodeCount}:${moves.map((move) => Number.isFinite(move) ? 1 : 0).join("")}`;
    if (key !== this.#key) {
      this.#prepare(nodeCount, taking);
      this.#key = key;
    }
    const right = new Array<number>(nodeCount).fill(0);
    edges.forEach(([from, to], k) => {
      if (!Number.isFinite(moves[k])) return;
      right[from]! += moves[k]!;
      right[to]! -= moves[k]!;
    });
    this.#substitute(right);
    return right.map((value, node) => this.#touched[node] ? value : NaN);
  }

  #prepare(nodeCount: number, edges: readonly (readonly [number, number])[]): void {
    const component = Array.from({ length: nodeCount }, (_, node) => node);
    const root = (node: number): number => component[node] === node ? node : root(component[node]!);
    this.#touched = new Array<boolean>(nodeCount).fill(false);
    const matrix = new Float64Array(nodeCount * nodeCount);
    for (const [from, to] of edges) {
      component[root(from)] = root(to);
      this.#touched[from] = this.#touched[to] = true;
      matrix[from * nodeCount + from]! += 1;
      matrix[to * nodeCount + to]! += 1;
      matrix[from * nodeCount + to]! -= 1;
      matrix[to * nodeCount + from]! -= 1;
    }
    for (let a = 0; a < nodeCount; a++) {
      for (let b = 0; b < nodeCount; b++) if (root(a) === root(b)) matrix[a * nodeCount + b]! += 1;
    }
    this.#factor = cholesky(matrix, nodeCount);
  }

  /** Solve C·Cᵀ·x = b in place. */
  #substitute(right: number[]): void {
    const factor = this.#factor;
    const count = right.length;
    for (let row = 0; row < count; row++) {
      for (let k = 0; k < row; k++) right[row]! -= factor[row * count + k]! * right[k]!;
      right[row]! /= factor[row * count + row]!;
    }
    for (let row = count - 1; row >= 0; row--) {
      for (let k = row + 1; k < count; k++) right[row]! -= factor[k * count + row]! * right[k]!;
      right[row]! /= factor[row * count + row]!;
    }
  }
}

/** The lower triangular C with C·Cᵀ = A, of a positive definite matrix. */
function cholesky(matrix: Float64Array, count: number): Float64Array {
  const factor = new Float64Array(count * count);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = matrix[row * count + column]!;
      for (let k = 0; k < column; k++) rest -= factor[row * count + k]! * factor[column * count + k]!;
      factor[row * count + column] = row === column ? Math.sqrt(rest) : rest / factor[column * count + column]!;
    }
  }
  return factor;
}
