import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { DATA, gzipLines, zipLines } from "../../tests/support/shared_data.ts";
import { SIGN_RULES, type SignRule } from "../contract/mod.ts";
import { TradeSigner } from "./trade_sign.ts";

const START_US = 1_700_000_000_000_000;
const HOUR_US = 3_600e6;

/** The sign of a trade after one at another price, over one quote. */
function sign(rule: SignRule, price: number, quote: readonly [bid: number, ask: number], before = NaN): number {
  const signer = new TradeSigner({ rule, tickSize: 0.1 });
  signer.trade(START_US, before, 1, 0);
  signer.quote(START_US, ...quote);
  return signer.trade(START_US + 1, price, 1, 0).sign;
}

// Rows of tests/test_classical_classifier.py of tclf (KarelZe, BSD-3-Clause), as price, bid, ask, earlier price, sign.
const TCLF: Partial<Record<SignRule, number[][]>> = {
  "lee-ready": [[1, 1, 3, 0, -1], [3, 1, 3, 0, 1], [1, 1, 1, 0, 1], [3, 2, 4, 4, -1]],
  "emo": [[1, 1, 3, 0, -1], [3, 1, 3, 0, 1], [1, 1, 1, 0, 1], [3, 2, 4, 4, -1]],
  "clnv": [[5, 1, 3, 0, 1], [0, 1, 3, 1, -1], [2.9, 1, 3, 1, 1], [2.3, 1, 3, 3, -1], [1.7, 1, 3, 0, 1], [
    1.3,
    1,
    3,
    1,
    -1,
  ]],
  "tick": [[1, NaN, NaN, 2, -1], [2, NaN, NaN, 1, 1]],
  "quote": [[1, 1, 3, NaN, -1], [3, 1, 3, NaN, 1]],
};

for (const rule of SIGN_RULES) {
  Deno.test(`\`TradeSigner\` with ${rule} gives the signs of tclf's tests`, () => {
    for (const [price, bid, ask, before, expected] of TCLF[rule]!) {
      assert.equal(sign(rule, price!, [bid!, ask!], before!), expected, `${price} in ${bid}/${ask} after ${before}`);
    }
  });
}

const VECTORS = `${DATA}/reference/tclf_vectors.json`;

Deno.test({
  name: "`TradeSigner` gives every reference vector (skipped without reference/tclf_vectors.json)",
  ignore: !existsSync(VECTORS),
  fn() {
    const { vectors } = JSON.parse(Deno.readTextFileSync(VECTORS)) as {
      vectors: { rule: string; X: (number | null)[][]; y: number[] | "unclassified" }[];
    };
    let count = 0;
    for (const { rule, X, y } of vectors) {
      X.forEach((row, i) => {
        const [price, a, b, c] = row.map((number) => number ?? NaN) as [number, number, number, number];
        if (rule === "tick") assert.equal(sign("tick", price, [NaN, NaN], a), (y as number[])[i]);
        else if (rule === "Lee-Ready") assert.equal(sign("lee-ready", price, [a, b], c), (y as number[])[i]);
        else if (y === "unclassified") assert.equal(sign("quote", price, [a, b]), 0);
        else if (rule === "quote") assert.equal(sign("quote", price, [a, b]), y[i]);
        else return; // The reverse tick test looks at the next trade: no stream can.
        count++;
      });
    }
    assert.equal(count, 11);
  },
});

Deno.test("`TradeSigner.trade()` reads the last quote of an earlier time, however many have its own", () => {
  const signer = new TradeSigner({ rule: "quote", tickSize: 0.00001 });
  assert.equal(signer.trade(START_US, 1.1, 1, 0).sign, 0);
  signer.quote(START_US, 1.1, 1.1002);
  // Of the trade's own time: not before it.
  assert.equal(signer.trade(START_US, 1.1002, 1, 0).sign, 0);
  assert.equal(signer.trade(START_US + 1, 1.1002, 1, 0).sign, 1);
  signer.quote(START_US + 1, 1.2, 1.2002);
  signer.quote(START_US + 1, 1.3, 1.3002);
  const trade = signer.trade(START_US + 1, 1.1002, 1, 0);
  assert.deepEqual([trade.sign, trade.bid, trade.ask], [1, 1.1, 1.1002]);
  assert.equal(signer.trade(START_US + 2, 1.25, 1, 0).sign, -1);
  assert.equal(trade.mid, (1.3 + 1.3002) / 2); // one object, reused
});

Deno.test("`TradeSigner` has no side from a quote that is crossed or one-sided, and compares with a locked one", () => {
  const expected: [quote: [number, number], signs: Record<SignRule, number>][] = [
    [[1.2, 1], { "lee-ready": -1, emo: -1, clnv: -1, tick: -1, quote: 0 }],
    [[NaN, 1], { "lee-ready": -1, emo: -1, clnv: -1, tick: -1, quote: 0 }],
    [[1, NaN], { "lee-ready": -1, emo: -1, clnv: -1, tick: -1, quote: 0 }],
    [[1.3, 1.3], { "lee-ready": 1, emo: -1, clnv: -1, tick: -1, quote: 1 }],
    [[1.4, 1.4], { "lee-ready": -1, emo: -1, clnv: -1, tick: -1, quote: 0 }],
  ];
  for (const [quote, signs] of expected) {
    for (const rule of SIGN_RULES) assert.equal(sign(rule, 1.4, quote, 1.5), signs[rule], `${rule} in ${quote}`);
  }
});

Deno.test("`TradeSigner` finds every tie at the mid, at prices around 1.1 and around 150", () => {
  let roundedOff = 0;
  for (const [level, pip] of [[1.1, 0.0001], [150, 0.01]] as const) {
    for (let k = 0; k < 500; k++) {
      const signer = new TradeSigner({ rule: "quote", tickSize: pip / 100 });
      const [bid, ask, mid] = [2 * k, 2 * k + 6, 2 * k + 3].map((tenths) => level + (tenths * pip) / 10);
      signer.quote(START_US, bid!, ask!);
      if (mid !== (bid! + ask!) / 2) roundedOff++;
      assert.equal(signer.trade(START_US + 1, mid!, 1, 0).sign, 0);
      assert.equal(signer.trade(START_US + 2, mid! + pip / 10, 1, 0).sign, 1);
      assert.equal(signer.trade(START_US + 3, mid! - pip / 10, 1, 0).sign, -1);
    }
  }
  assert(roundedOff > 100, "floating point would have decided");
});

Deno.test("`TradeSigner` takes the tick test against the last price that differs, and not over a closed market", () => {
  const signer = new TradeSigner({ rule: "tick", tickSize: 0.01 });
  const signs = [1, 1, 1.01, 1.01, 1.01, 1, 1].map((price, i) => signer.trade(START_US + i, price, 1, 0).sign);
  assert.deepEqual(signs, [0, 0, 1, 1, 1, -1, -1]);
  assert.equal(signer.trade(START_US + 6 + HOUR_US, 1, 1, 0).sign, -1);
  assert.equal(signer.trade(START_US + 7 + 2 * HOUR_US, 1.5, 1, 0).sign, 0);
  assert.equal(signer.trade(START_US + 7 + 2 * HOUR_US, 1.4, 1, 0).sign, -1);

  const quoted = new TradeSigner({ tickSize: 0.01 });
  quoted.quote(START_US, 1, 1.02);
  assert.equal(quoted.trade(START_US + HOUR_US, 1.02, 1, 0).sign, 1);
  const { sign, mid } = quoted.trade(START_US + HOUR_US + 1, 1.02, 1, 0);
  assert.deepEqual([sign, mid], [0, NaN]);
});

Deno.test("`TradeSigner.agreement` counts the flagged trades of the last minute, undecided ones as missed", () => {
  const signer = new TradeSigner({ rule: "quote", tickSize: 0.01 });
  signer.quote(START_US, 1, 1.02);
  assert.equal(signer.trade(START_US + 1, 1.02, 1, 0).sign, 1);
  assert.equal(signer.agreement, undefined); // no flag
  assert.equal(signer.trade(START_US + 2, 1.02, 1, 1).sign, 1); // agrees
  assert.equal(signer.agreement, 1);
  assert.equal(signer.trade(START_US + 3, 1.02, 1, -1).sign, -1); // does not
  assert.equal(signer.trade(START_US + 4, 1.01, 1, -1).sign, -1); // undecided
  assert.equal(signer.agreement, 1 / 3);
  signer.advance(START_US + 60e6);
  assert.equal(signer.agreement, 1 / 3);
  signer.advance(START_US + 61e6);
  assert.equal(signer.agreement, undefined);
});

const HIGHFREQUENCY = `${DATA}/reference/highfrequency/tq_lag2_direction.csv.gz`;

Deno.test({
  name: "`TradeSigner` gives the trade directions of the R package highfrequency wherever the price is not the mid " +
    "(skipped without reference/highfrequency/tq_lag2_direction.csv.gz)",
  ignore: !existsSync(HIGHFREQUENCY),
  fn() {
    const rows = gzipLines(HIGHFREQUENCY).slice(1).map((line) => line.split(",").map(Number));
    const signer = new TradeSigner({ tickSize: 0.0001 });
    const exact = (price: number) => BigInt(price.toFixed(4).replace(".", ""));
    let published = 0;
    let total = 0;
    let differing = 0;
    let tick = 1; // getTradeDirection takes the first trade for a buy
    let last = 0n;
    rows.forEach(([timeS, price, size, bid, ask, , , direction], i) => {
      const timeUs = Math.round(timeS! * 1e6);
      signer.quote(timeUs - 1, bid!, ask!);
      const { sign } = signer.trade(timeUs, price!, size!, 0);
      // The same rule in whole ten-thousandths.
      const [p, twice] = [exact(price!), exact(bid!) + exact(ask!)];
      if (i > 0 && p !== last) tick = p > last ? 1 : -1;
      last = p;
      const expected = 2n * p > twice ? 1 : 2n * p < twice ? -1 : tick;
      if (i > 0) assert.equal(sign, expected, `row ${i}`);
      if (expected !== direction) {
        differing++;
        assert.equal(2n * p, twice, `row ${i} is not at the mid`);
      }
      published += direction!;
      total += expected;
    });
    assert.equal(published, -1572);
    // 484 trades are at the mid; in floating point 55 of them fall to one side.
    assert.deepEqual([rows.length, differing, total], [7168, 55, -1554]);
  },
});

const LOBSTER = `${DATA}/lob/lobster/LOBSTER_SampleFile_AAPL_2012-06-21_1.zip`;

Deno.test({
  name: "`TradeSigner` finds the flags of a day of AAPL by any rule (skipped without lob/lobster AAPL)",
  ignore: !existsSync(LOBSTER),
  fn() {
    const messages = zipLines(LOBSTER, /message/).map((line) => line.split(",").map(Number));
    const book = zipLines(LOBSTER, /orderbook/).map((line) => line.split(",").map(Number));
    const dayUs = Date.parse("2012-06-21T04:00:00Z") * 1000;
    const shares: Record<string, number> = {};
    for (const rule of SIGN_RULES) {
      const signer = new TradeSigner({ rule, tickSize: 100 });
      let agreed = 0;
      let count = 0;
      messages.forEach(([timeS, type, , size, price, direction], i) => {
        const timeUs = dayUs + Math.floor(timeS! * 1e6);
        // An execution of a visible order; its direction is the side of that order.
        if (type === 4) {
          const { sign } = signer.trade(timeUs, price!, size!, 0);
          count++;
          if (sign === -direction!) agreed++;
        }
        signer.quote(timeUs, book[i]![2]!, book[i]![0]!);
      });
      shares[rule] = agreed / count;
    }
    // Visible orders trade at the touch: any quote rule is right but for one trade that passed through it.
    for (const rule of ["lee-ready", "emo", "clnv", "quote"]) assert.equal(shares[rule]!.toFixed(5), "0.99996", rule);
    assert.equal(shares.tick!.toFixed(3), "0.886");
  },
});
