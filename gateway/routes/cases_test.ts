import assert from "node:assert/strict";
import {
  ANOMALY_KINDS,
  CaseAnswer,
  CasesAnswer,
  DetectorsAnswer,
  PairDetectors,
  type Problem,
  US_PER_DAY,
} from "../../actors/contract/mod.ts";
import { anomalyOf, bytesOf } from "../../tests/support/anomalies.ts";
import { appDeps, NOW_MS } from "../../tests/support/app_deps.ts";
import { createApp } from "../app.ts";
import { type CaseFilter, CASES_MAX } from "../case_store.ts";
import { LatestStates, RecentCases } from "../live/mod.ts";
import type { AppDeps } from "../ports.ts";

async function answer(path: string, overrides: Partial<AppDeps> = {}) {
  const response = await createApp(appDeps(overrides)).request(path);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The filter that a query asks the store for. */
async function filterOf(query: string): Promise<CaseFilter> {
  let asked: CaseFilter | undefined;
  const caseStore = {
    ...appDeps().caseStore,
    cases: (filter: CaseFilter) => {
      asked = filter;
      return Promise.resolve({ cases: [] });
    },
  };
  const { status, text } = await answer(`/api/cases${query}`, { caseStore });
  assert.equal(status, 200, text);
  return asked!;
}

Deno.test("`/api/cases` asks for the last day of everything where nothing is said", async () => {
  const toUs = NOW_MS * 1_000;
  assert.deepEqual(await filterOf(""), {
    fromUs: toUs - US_PER_DAY,
    toUs,
    pairs: [],
    kinds: [],
    severities: [],
    phase: undefined,
    limit: 500,
    cursor: undefined,
  });
});

Deno.test("`/api/cases` takes lists, a phase and a cursor", async () => {
  const filter = await filterOf(
    "?pair=eurusd,USDJPY&kind=spoofing,layering&severity=critical&phase=open&limit=7&cursor=17.EURUSD-spoofing-a-1",
  );
  assert.deepEqual(
    [filter.pairs, filter.kinds, filter.severities, filter.phase, filter.limit, filter.cursor],
    [["EURUSD", "USDJPY"], ["spoofing", "layering"], ["critical"], "open", 7, {
      startUs: 17,
      id: "EURUSD-spoofing-a-1",
    }],
  );
});

for (
  const [query, status, names] of [
    ["severity=bad", 400, ["severity"]],
    ["kind=No%20Kind", 400, ["kind"]],
    ["phase=half", 400, ["phase"]],
    [`limit=${CASES_MAX + 1}`, 400, ["limit"]],
    ["limit=0&cursor=x", 400, ["limit", "cursor"]],
    ["from=tomorrow", 400, ["from"]],
    ["from=2024-01-02T00:00:00Z&to=2024-01-01T00:00:00Z", 400, ["from"]],
    ["pair=EURXXX", 404, []],
    [`pair=${Array(80).fill("EURUSD").join(",")}`, 400, ["pair"]],
  ] as const
) {
  Deno.test(`\`/api/cases?${query.slice(0, 40)}\` is refused by name`, async () => {
    const refused = await answer(`/api/cases?${query}`);
    const problem = JSON.parse(refused.text) as Problem;
    assert.equal(refused.status, status);
    assert.deepEqual(problem.errors?.map(({ name }) => name) ?? [], names);
  });
}

Deno.test("`/api/cases/{id}` says what is stored, with the newest message that was heard", async () => {
  const stored = anomalyOf({ id: "a" });
  const caseStore = {
    ...appDeps().caseStore,
    one: (id: string) => Promise.resolve(id === "a" ? { case: stored, history: [stored] } : undefined),
  };
  const recentCases = new RecentCases();
  recentCases.take(bytesOf(anomalyOf({ id: "a", phase: "close" })));
  recentCases.take(bytesOf(anomalyOf({ id: "b" })));
  const of = async (id: string) =>
    CaseAnswer.parse(JSON.parse((await answer(`/api/cases/${id}`, { caseStore, recentCases })).text));
  assert.deepEqual([(await of("a")).case.phase, (await of("a")).history.length], ["close", 1]);
  assert.equal((await of("b")).history.length, 1, "not archived yet");
  assert.equal((await answer("/api/cases/c", { caseStore, recentCases })).status, 404);
});

Deno.test("`/api/cases.csv` writes what RFC 4180 wants, and nothing that a spreadsheet would run", async () => {
  const found = anomalyOf({ sentence: '=1+1, "quoted"', others: ["USDJPY", "EURJPY"] });
  const caseStore = { ...appDeps().caseStore, cases: () => Promise.resolve({ cases: [found], next: "1.a" }) };
  const { text, headers } = await answer("/api/cases.csv", { caseStore });
  const [head, line, rest] = text.split("\r\n");
  assert.match(head!, /^id,pair,kind,/);
  assert.equal(rest, "");
  assert(line!.includes(`2023-11-14T22:13:20.000000Z,2023-11-14T22:13:21.000000Z,USDJPY EURJPY,"'=1+1, ""quoted"""`));
  assert(line!.endsWith('"{""spreadBps"":1.5,""medianBps"":0.2}"'));
  assert.equal(headers.get("x-next-cursor"), "1.a");
});

Deno.test("`/api/detectors` has the whole catalogue", async () => {
  const { detectors } = DetectorsAnswer.parse(JSON.parse((await answer("/api/detectors")).text));
  assert.deepEqual(detectors.map(({ kind }) => kind), ANOMALY_KINDS);
});

Deno.test("`/api/pairs/{pair}/detectors` says what the actor of the pair said last", async () => {
  const latest = new LatestStates();
  const of = async () =>
    PairDetectors.parse(JSON.parse((await answer("/api/pairs/EURUSD/detectors", { latest })).text));
  assert.deepEqual(await of(), { pair: "EURUSD", timeUs: 0, detectors: [] });
  const said = { pair: "EURUSD", timeUs: 5, detectors: [{ kind: "spoofing", on: false, reason: "levels" }] };
  latest.take({ key: "EURUSD.detectors", value: bytesOf(said) });
  assert.deepEqual(await of(), said);
  latest.take({ key: "EURUSD.detectors", value: bytesOf({ pair: "EURUSD" }) });
  assert.deepEqual([await of(), latest.rejectedCount], [said, 1]);
  latest.replace([]);
  assert.deepEqual((await of()).detectors, []);
});

Deno.test("`/api/cases` answers what the store has", async () => {
  const caseStore = { ...appDeps().caseStore, cases: () => Promise.resolve({ cases: [anomalyOf()] }) };
  const { text } = await answer("/api/cases", { caseStore });
  assert.deepEqual(CasesAnswer.parse(JSON.parse(text)), { cases: [anomalyOf()] });
});
