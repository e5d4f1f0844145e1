import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Anomaly, CasesAnswer } from "../actors/contract/mod.ts";
import { anomalyOf } from "../tests/support/anomalies.ts";
import type { ApiResult } from "./feed/api.ts";
import { CASES_KEPT_MAX, CASES_PAGE_MAX } from "./model/case_state.ts";
import type { CaseFilter } from "./model/location.ts";
import { OlderCases } from "./older_cases.ts";

const closed = (id: string, startS = 0) => anomalyOf({ id, startS, phase: "close" });

/** A walk over these cases, so many an answer as a gateway would; `known` are those the page has. */
function walkOf(stored: readonly Anomaly[], { known = [] as string[], roomCount = Infinity, enoughCount = 1 } = {}) {
  const pageSize = 2;
  const had = new Set(known);
  const asked: (string | undefined)[] = [];
  const failures: string[] = [];
  const older = new OlderCases({
    filter: {},
    enoughCount,
    hasRoom: () => had.size < roomCount,
    ask: (_filter: CaseFilter, { cursor }): Promise<ApiResult<CasesAnswer>> => {
      asked.push(cursor);
      const message = failures.shift();
      if (message !== undefined) return Promise.resolve({ ok: false, error: { kind: "network", message } });
      const from = cursor === undefined ? 0 : stored.findIndex(({ id }) => id === cursor) + 1;
      const cases = stored.slice(from, from + pageSize);
      const next = from + pageSize < stored.length ? { next: cases.at(-1)!.id } : {};
      return Promise.resolve({ ok: true, value: { cases, ...next } });
    },
    take: (cases) => {
      const unknown = cases.filter(({ id }) => !had.has(id));
      for (const { id } of unknown) had.add(id);
      return unknown.length;
    },
  });
  return { older, had, asked, failures };
}

Deno.test("`OlderCases.load()` goes on by cursor, and loses and doubles none of the same time", async () => {
  const { older, had, asked } = walkOf(["a", "b", "c", "d", "e"].map((id) => closed(id)));
  await older.load();
  deepStrictEqual([[...had], older.status.peek().kind], [["a", "b"], "idle"]);
  await older.load();
  await older.load();
  deepStrictEqual([...had], ["a", "b", "c", "d", "e"]);
  deepStrictEqual(asked, [undefined, "b", "d"]);
  strictEqual(older.status.peek().kind, "end");
});

Deno.test("`OlderCases.load()` walks over what is known, and finds what is missing between", async () => {
  const { older, had, asked } = walkOf(["a", "b", "c", "d", "e", "f"].map((id) => closed(id)), {
    known: ["a", "b", "c", "f"],
  });
  await older.load();
  deepStrictEqual([had.has("d"), had.has("e"), asked], [true, false, [undefined, "b"]]);
});

Deno.test("`OlderCases.load()` goes on where an answer brings too few, as far as there is room", async () => {
  const stored = ["a", "b", "c", "d", "e", "f", "g"].map((id) => closed(id));
  const few = walkOf(stored, { known: ["a"], enoughCount: 3 });
  await few.older.load();
  deepStrictEqual([[...few.had].join(""), few.older.status.peek().kind], ["abcd", "idle"]);
  const narrow = walkOf(stored, { enoughCount: 5, roomCount: 3 });
  await narrow.older.load();
  deepStrictEqual([[...narrow.had].join(""), narrow.older.status.peek().kind], ["abcd", "idle"]);
});

Deno.test("`OlderCases.load()` ends although a gateway always has more", async () => {
  let count = 0;
  const older = new OlderCases({
    filter: {},
    ask: () => Promise.resolve({ ok: true, value: { cases: [closed("a")], next: `${++count}` } }),
    take: () => 0,
    hasRoom: () => true,
  });
  await older.load();
  deepStrictEqual([count, older.status.peek().kind], [CASES_KEPT_MAX / CASES_PAGE_MAX + 1, "idle"]);
});

Deno.test("`OlderCases.load()` says what failed, and goes on from there", async () => {
  const { older, had, asked, failures } = walkOf(["a", "b", "c"].map((id) => closed(id)));
  await older.load();
  failures.push("The gateway cannot be reached");
  await older.load();
  deepStrictEqual(older.status.peek(), { kind: "failed", message: "The gateway cannot be reached" });
  await older.load();
  deepStrictEqual([[...had], asked], [["a", "b", "c"], [undefined, "b", "b"]]);
});

Deno.test("`OlderCases.choose()` begins anew for another choice, and drops what is under way", async () => {
  const { older, had, asked } = walkOf(["a", "b", "c"].map((id) => closed(id)));
  strictEqual(older.choose({}), undefined);
  await older.load();
  const underWay = older.load();
  deepStrictEqual(older.choose({ open: true }), {});
  await underWay;
  deepStrictEqual([[...had], older.status.peek().kind], [["a", "b"], "idle"]);
  await older.load();
  strictEqual(asked.at(-1), "b");
  deepStrictEqual(asked, [undefined, "b", undefined, "b"]);
});
