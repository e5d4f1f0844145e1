import assert from "node:assert/strict";
import { MILLION, TradingMarket } from "../../tests/support/trading_market.ts";

const KIND = "wash-trading";

/** Trades go round among owners, one after another, so many times. */
function wash(market: TradingMarket, { owners, rounds, gapS = 1, size = 2.1 * MILLION, takes = false }: {
  owners: readonly number[];
  rounds: number;
  gapS?: number;
  size?: number;
  takes?: boolean;
}): TradingMarket {
  for (let k = 0; k < rounds * owners.length; k++) {
    const seller = owners[k % owners.length]!;
    const buyer = owners[(k + 1) % owners.length]!;
    market.run(gapS).trade({ sign: k % 2 === 0 ? 1 : -1, size, buyer, seller, takes });
  }
  return market.run(5);
}

Deno.test("`WashTrading` finds trades of an owner with itself: one case, from the first of them", () => {
  const market = wash(new TradingMarket({ named: true }).run(200), { owners: [900], rounds: 5 });
  const [found, ...more] = market.openings(KIND);
  assert(found !== undefined && more.length === 0);
  assert.deepEqual([found.evidence.ownerCount, found.evidence.tradeCount, found.severity], [1, 2, "critical"]);
  assert(found.score > 0.99 && found.evidence.pValue! < 1e-3);
  assert.match(found.sentence, /^2 trades of 4.20 M had the same owner on both sides$/);
});

Deno.test("`WashTrading` finds a ring of owners once it has gone round twice, and what it left with each", () => {
  for (const owners of [[900, 901], [900, 901, 902], [900, 901, 902, 903]]) {
    const market = wash(new TradingMarket({ named: true }).run(200), { owners, rounds: 4 });
    const [found, ...more] = market.openings(KIND);
    assert(found !== undefined && more.length === 0, `${owners.length}`);
    assert.equal(found.evidence.ownerCount, owners.length);
    assert(found.evidence.tradeCount! <= 2 * owners.length);
    assert(found.evidence.netSize! <= 2.1 * MILLION);
    assert.match(found.sentence, /went round among . owners .* consistent with wash trading/);
  }
});

Deno.test("`WashTrading` does not see a ring that is longer than the options say, or slower than the window", () => {
  const owners = [900, 901, 902, 903, 904];
  assert.deepEqual(wash(new TradingMarket({ named: true }).run(200), { owners, rounds: 4 }).openings(KIND), []);
  const slow = wash(new TradingMarket({ named: true }).run(200), { owners: [900, 901], rounds: 4, gapS: 35 });
  assert.deepEqual(slow.openings(KIND), []);
});

Deno.test("`WashTrading` leaves alone who trades to and fro with one and with many others besides", () => {
  const market = new TradingMarket({ named: true }).run(200);
  for (let k = 0; k < 12; k++) {
    market.run(1).trade({ sign: 1, size: MILLION, buyer: 11, seller: 1 });
    market.run(1).trade({ sign: -1, size: MILLION, buyer: 1, seller: 11 });
    market.run(1).trade({ sign: 1, size: MILLION, buyer: 12 + k, seller: 1 });
    market.run(1).trade({ sign: -1, size: MILLION, buyer: 2, seller: 11 });
  }
  assert.deepEqual(market.openings(KIND), []);
});

Deno.test("`WashTrading` says nothing where three owners are the market: everything goes round", () => {
  const market = new TradingMarket({ named: true });
  market.tradesPerStep = 0;
  for (let k = 0; k < 200; k++) {
    const buyer = 1 + market.random.below(3);
    const seller = 1 + ((buyer + market.random.below(2)) % 3);
    market.run(1).trade({ sign: k % 2 === 0 ? 1 : -1, size: MILLION, buyer, seller });
  }
  assert.deepEqual(market.openings(KIND), []);
});

Deno.test("`WashTrading` without names finds equal opposite trades that took nothing from the book", () => {
  const market = wash(new TradingMarket().run(240), { owners: [1], rounds: 6, size: MILLION });
  const [found, ...more] = market.openings(KIND);
  assert(found !== undefined && more.length === 0);
  assert.equal(found.evidence.ownerCount, undefined);
  assert(found.evidence.matchCount! >= 2 && found.evidence.expectedCount! < 0.01 && found.score > 0.99999);
  assert(found.evidence.netSize! <= MILLION);
  assert.match(found.sentence, /equal opposite trades .* consistent with wash trading$/);
});

Deno.test("`WashTrading` without names finds odd sizes that come back again and again, though they took from the book", () => {
  const market = wash(new TradingMarket().run(240), { owners: [1], rounds: 10, size: 2.37 * MILLION, takes: true });
  assert.equal(market.openings(KIND).length, 1);
});

Deno.test("`WashTrading` without names leaves round lots both ways alone, as many as there are", () => {
  const market = wash(new TradingMarket().run(240), { owners: [1], rounds: 40, size: MILLION, gapS: 0.5, takes: true });
  assert.deepEqual(market.openings(KIND), []);
});

Deno.test("`WashTrading` makes nothing of trades that took nothing where no trade of the feed takes anything", () => {
  const market = new TradingMarket();
  market.tradesPerStep = 0;
  const sizes = [0.5, 1, 1, 1, 2];
  const each = () => {
    if (market.random.uniform() > 0.1) return;
    const size = sizes[market.random.below(sizes.length)]! * MILLION;
    market.trade({ sign: market.random.uniform() < 0.5 ? 1 : -1, size, takes: false });
  };
  market.run(900, { each });
  assert.deepEqual(market.openings(KIND), []);
});

Deno.test("`WashTrading` needs to know others before it calls something rare, and takes what is not whole", () => {
  const early = wash(new TradingMarket({ named: true }), { owners: [900], rounds: 3 });
  assert.deepEqual(early.openings(KIND), []);
  const odd = new TradingMarket({ named: true }).run(120);
  for (let k = 0; k < 20; k++) {
    odd.trade({ sign: 1, size: MILLION, buyer: 900, takes: false });
    odd.trade({ sign: 1, size: 1e-9, buyer: NaN, seller: NaN, takes: false });
  }
  assert.deepEqual(odd.run(5).openings(KIND), []);
});

Deno.test("`WashTrading` restored anywhere goes on as if nothing had been, with names and without", () => {
  for (const named of [true, false]) {
    const market = new TradingMarket({ named }).run(150);
    for (const size of [2.1, 1.3]) wash(market, { owners: [900, 901], rounds: 5, size: size * MILLION }).run(30);
    market.assertRestorable(KIND);
  }
});
