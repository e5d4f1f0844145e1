/**
 * Spreads and the signs of trades.
 *
 * @module
 */
import { SIGN_RULES, type SignRule } from "../../../actors/contract/mod.ts";
import {
  QuotedSpreadQuantiles,
  RollSpread,
  SessionBaseline,
  type SignedTrade,
  TradeSigner,
  TradeSpreads,
} from "../../../actors/estimators/mod.ts";
import { caseOf, defined, type EstimatorCase, lot, sometimesAbsent, type Step, sum, tick, within } from "./case.ts";

const QUOTE = 0;
const TRADE = 1;
const HOUR_US = 3_600e6;
const SECOND_US = 1e6;

/** The last of the steps at or before a time, unless it is over an hour old. */
function inForce(steps: readonly Step[], timeUs: number): Step | undefined {
  const step = steps.findLast((step) => step.timeUs <= timeUs);
  return step !== undefined && timeUs - step.timeUs <= HOUR_US ? step : undefined;
}

const inTicks = (price: number) => Number((price * 1e5).toFixed(0));

/** The sign of the newest trade by a rule, from all quotes and all trades up to it. */
function signOf(rule: SignRule, quotes: readonly Step[], trades: readonly Step[]): number {
  const trade = trades.at(-1)!;
  const price = inTicks(trade.input[1]!);
  let tickTest = 0;
  for (let i = trades.length - 1; i > 0; i--) {
    if (trades[i]!.timeUs - trades[i - 1]!.timeUs > HOUR_US) break;
    tickTest = Math.sign(price - inTicks(trades[i - 1]!.input[1]!));
    if (tickTest !== 0) break;
  }
  if (rule === "tick") return tickTest;
  const before = quotes.findLast(({ timeUs }) => timeUs < trade.timeUs);
  const current = before !== undefined && trade.timeUs - before.timeUs <= HOUR_US;
  const [, bid, ask] = current ? before.input.map(inTicks) as [number, number, number] : [0, NaN, NaN];
  const usable = bid <= ask;
  const side = usable ? Math.sign(price - (bid + ask) / 2) : 0;
  if (rule === "quote") return side;
  if (rule === "lee-ready") return side === 0 ? tickTest : side;
  if (!usable || bid === ask) return tickTest;
  if (rule === "emo") return price === ask || price === bid ? side : tickTest;
  // How far into the spread, from the bid; clnv.
  const share = (price - bid) / (ask - bid);
  return share >= 0 && share < 0.3 - 1e-9 || share > 0.7 + 1e-9 && share <= 1 ? side : tickTest;
}

/** What the signer answered to the step just taken: its values are of the trade, not of the estimator. */
const answers = new WeakMap<TradeSigner, SignedTrade | undefined>();

const signerCase = (rule: SignRule) =>
  caseOf(() => new TradeSigner({ rule, tickSize: 0.00001 }), {
    // A quote, or a trade with its flag. Spreads of −1 to 8 ticks, prices on and between them, few enough for ties.
    input(random) {
      const level = 1.1 + Math.floor(random() * 12) * 0.00001;
      if (random() < 0.5) return [TRADE, level, lot(random), Math.floor(random() * 3) - 1];
      return [QUOTE, sometimesAbsent(random, level), level + Math.floor(random() * 10 - 1) * 0.00001];
    },
    update(signer, { timeUs, input: [kind, a, b, flag] }) {
      if (kind === QUOTE) signer.quote(timeUs, a!, b!);
      answers.set(
        signer,
        kind === QUOTE ? undefined : { ...signer.trade(timeUs, a!, b!, flag as SignedTrade["sign"]) },
      );
    },
    values(signer, nowUs) {
      signer.advance(nowUs);
      const answer = answers.get(signer);
      return { sign: answer?.sign, mid: answer && defined(answer.mid), agreement: signer.agreement };
    },
    batch(history, nowUs) {
      const agreements: Step[] = [];
      const quotes: Step[] = [];
      const trades: Step[] = [];
      let found = 0;
      for (const step of history) {
        (step.input[0] === QUOTE ? quotes : trades).push(step);
        if (step.input[0] === QUOTE) continue;
        found = signOf(rule, quotes, trades);
        const flag = step.input[3]!;
        if (flag !== 0) agreements.push({ timeUs: step.timeUs, input: [found === flag ? 1 : 0] });
        else continue;
        found = flag;
      }
      const recent = within(agreements, nowUs, SECOND_US, 60).map(({ input: [agreed] }) => agreed!);
      const newest = history.at(-1);
      const traded = newest?.input[0] === TRADE;
      const before = traded ? quotes.findLast(({ timeUs }) => timeUs < newest.timeUs) : undefined;
      const current = before !== undefined && newest!.timeUs - before.timeUs <= HOUR_US;
      return {
        sign: traded ? found : undefined,
        mid: current ? defined((before.input[1]! + before.input[2]!) / 2) : undefined,
        agreement: defined(sum(recent) / recent.length),
      };
    },
    stateLength: 9 + 2 + 61 * 2,
    degenerate: [
      [QUOTE, NaN, NaN],
      [QUOTE, 1.1, 1.1],
      [QUOTE, 1.2, 1.1],
      [QUOTE, 0, 1e300],
      [QUOTE, 1.7e308, 1.7e308],
      [TRADE, 1.1, 1e6, 0],
      [TRADE, 11, 0, 1],
      [TRADE, 0, 1e6, -1],
      [TRADE, 1e300, 1e6, 0],
    ],
  });

const HORIZONS_US = [500_000, 3_000_000, 20_000_000];
const SPREADS_SLOT_US = 200_000;

const tradeSpreads = caseOf(() => new TradeSpreads({ windowUs: 60 * SPREADS_SLOT_US, horizonsUs: HORIZONS_US }), {
  // A mid, or a trade with the mid that its signer found.
  input(random) {
    const mid = sometimesAbsent(random, tick(random));
    if (random() < 0.4) return [QUOTE, mid];
    return [TRADE, tick(random) + 0.00005, 1e6 + lot(random), Math.floor(random() * 3) - 1, mid];
  },
  update(spreads, { timeUs, input: [kind, a, size, sign, mid] }) {
    if (kind === QUOTE) return spreads.quote(timeUs, a!);
    spreads.trade({
      timeUs,
      price: a!,
      size: size!,
      sign: sign as SignedTrade["sign"],
      bid: mid!,
      ask: mid!,
      mid: mid!,
    });
  },
  values(spreads, nowUs) {
    spreads.advance(nowUs);
    const [a, b, c] = HORIZONS_US as [number, number, number];
    return {
      effective: spreads.effectiveBps,
      realizedShort: spreads.realizedBps(a),
      realizedMiddle: spreads.realizedBps(b),
      realizedLong: spreads.realizedBps(c),
      impactShort: spreads.impactBps(a),
      impactMiddle: spreads.impactBps(b),
      impactLong: spreads.impactBps(c),
      notChosen: spreads.realizedBps(1),
    };
  },
  batch(history, nowUs) {
    const quotes = history.filter(({ input: [kind] }) => kind === QUOTE);
    const trades = history.filter(({ input: [kind, , , sign, mid] }) =>
      kind === TRADE && sign !== 0 && !Number.isNaN(mid!)
    );
    const mean = (values: readonly Step[]) => {
      const recent = within(values, nowUs, SPREADS_SLOT_US, 60);
      const size = sum(recent.map(({ input: [size] }) => size!));
      return defined(sum(recent.map(({ input: [size, value] }) => size! * value!)) / size);
    };
    const at = (horizonUs: number, value: (trade: Step, later: number) => number) =>
      mean(trades.flatMap((trade) => {
        const timeUs = trade.timeUs + horizonUs;
        const later = inForce(quotes, timeUs)?.input[1] ?? NaN;
        if (timeUs >= nowUs || Number.isNaN(later)) return [];
        return [{ timeUs, input: [trade.input[2]!, value(trade, later)] }];
      }));
    const realized = ({ input: [, price, , sign, mid] }: Step, later: number) =>
      1e4 * 2 * sign! * (price! - later) / mid!;
    const impact = ({ input: [, , , sign, mid] }: Step, later: number) => 1e4 * 2 * sign! * (later - mid!) / mid!;
    const [a, b, c] = HORIZONS_US as [number, number, number];
    return {
      effective: mean(trades.map((trade) => ({
        timeUs: trade.timeUs,
        input: [trade.input[2]!, realized(trade, trade.input[4]!)],
      }))),
      realizedShort: at(a, realized),
      realizedMiddle: at(b, realized),
      realizedLong: at(c, realized),
      impactShort: at(a, impact),
      impactMiddle: at(b, impact),
      impactLong: at(c, impact),
      notChosen: undefined,
    };
  },
  stateLength: { max: 4 + 3 + (2 + 61 * 4) + 3 * (2 + 61 * 3) + 4_096 * 6 },
  atWindow: (windowUs) => new TradeSpreads({ windowUs, horizonsUs: HORIZONS_US }),
  degenerate: [
    [QUOTE, NaN],
    [QUOTE, 0],
    [QUOTE, 1e300],
    [QUOTE, 1.1],
    [TRADE, 1.1, 0, 1, 1.1],
    [TRADE, 1.1, 1e6, 1, NaN],
    [TRADE, 1.1, 1e6, -1, 0],
    [TRADE, 11, 1e6, 1, 1.1],
    [TRADE, 1.1, 1e6, 0, 1.1],
    [TRADE, 1.1, 1.7e308, -1, 1.1],
  ],
});

const rollSpread = caseOf(() => new RollSpread({ tradeCount: 8, tickSize: 0.00001 }), {
  input: (random) => [tick(random), sometimesAbsent(random, 1.1)],
  update: (roll, { timeUs, input: [price, mid] }) => roll.update(timeUs, price!, mid!),
  values: (roll) => ({ roll: roll.valueBps }),
  batch(history) {
    const changes = history.map(({ timeUs, input: [price] }, i) =>
      i > 0 && timeUs - history[i - 1]!.timeUs <= HOUR_US ? inTicks(price!) - inTicks(history[i - 1]!.input[0]!) : NaN
    );
    const pairs = changes.map((change, i) => [change, changes[i - 1] ?? NaN] as const)
      .filter(([x, y]) => !Number.isNaN(x + y)).slice(-6);
    if (pairs.length < 6) return { roll: undefined };
    const meanX = sum(pairs.map(([x]) => x)) / 6;
    const meanY = sum(pairs.map(([, y]) => y)) / 6;
    const covariance = sum(pairs.map(([x, y]) => (x - meanX) * (y - meanY))) / 5;
    const [price, mid] = history.at(-1)!.input as [number, number];
    // In squared ticks, of which it is a multiple of 1/30: nearer to 0 is 0.
    if (covariance > -1e-6) return { roll: undefined };
    return { roll: 1e4 * 2 * Math.sqrt(-covariance) * 0.00001 / (Number.isNaN(mid) ? price : mid) };
  },
  stateLength: 4 + 1 + 3 + 6 * 3,
  // Its window is of trades: five a second, up to as many as the options allow.
  atWindow: (windowUs) => new RollSpread({ tradeCount: Math.min(10_000, windowUs / 200_000), tickSize: 0.00001 }),
  degenerate: [[1.1, NaN], [1.2, 1.1], [11, 1.1], [0, 0], [1e300, 1], [1.1, 1e-300], [1.1, 0]],
});

const QUANTILE_GRID_US = 50_000;

const quotedSpreadQuantiles = caseOf(() => new QuotedSpreadQuantiles({ windowUs: 600 * QUANTILE_GRID_US }), {
  input: (random) => [sometimesAbsent(random, Math.floor(random() * 50) / 10 - 0.5)],
  update: (quantiles, { timeUs, input: [spread] }) => quantiles.update(timeUs, spread!),
  values(quantiles, nowUs) {
    quantiles.advance(nowUs);
    return { p50: quantiles.quantile(0.5), p95: quantiles.quantile(0.95), p99: quantiles.quantile(0.99) };
  },
  batch(history, nowUs) {
    const point = (timeUs: number) => Math.floor(timeUs / QUANTILE_GRID_US);
    // A pause with a grid point more than an hour after its quote: what came before it is gone.
    const reopened = history.findLastIndex(({ timeUs }, i) =>
      point(history[i + 1]?.timeUs ?? nowUs) > point(timeUs + HOUR_US)
    ) + 1;
    const open = history.slice(reopened);
    const spreads: number[] = [];
    for (let k = point(nowUs); k > point(nowUs) - 600 && open.length > 0; k--) {
      if (k <= point(open[0]!.timeUs)) break;
      const spread = open.findLast(({ timeUs }) => timeUs < k * QUANTILE_GRID_US)?.input[0] ?? NaN;
      if (!Number.isNaN(spread)) spreads.push(spread);
    }
    spreads.sort((a, b) => a - b);
    const quantile = (p: number) => {
      if (spreads.length < 60) return undefined;
      const position = p * (spreads.length - 1);
      const [below, above] = [spreads[Math.floor(position)]!, spreads[Math.ceil(position)]!];
      return below + (above - below) * (position % 1);
    };
    return { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) };
  },
  stateLength: 3 + 1 + 600,
  atWindow: (windowUs) => new QuotedSpreadQuantiles({ windowUs }),
  degenerate: [[NaN], [0], [-0], [1], [10], [-1], [1e300], [-1e300], [1.7e308], [Infinity]],
});

const DAY_AND_HOUR = ["Australia/Sydney", "Asia/Tokyo", "Europe/London", "America/New_York"].map((timeZone) =>
  new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "short", hour: "2-digit", hourCycle: "h23" })
);
const sessionsOfHour = new Map<number, { key: number; weekOpen: boolean }>();

/** Which sessions are open in an hour, and whether the week is, by the calendar of the runtime. */
function sessionsAt(timeUs: number): { key: number; weekOpen: boolean } {
  const hourMs = Math.floor(timeUs / HOUR_US) * 3_600_000;
  const known = sessionsOfHour.get(hourMs);
  if (known !== undefined) return known;
  const places = DAY_AND_HOUR.map((format) => {
    const parts = Object.fromEntries(format.formatToParts(hourMs).map(({ type, value }) => [type, value]));
    return { day: parts.weekday!, hour: Number(parts.hour) };
  });
  const key = sum(places.map(({ day, hour }, k) => day[0] !== "S" && hour >= 8 && hour < 17 ? 2 ** k : 0));
  const { day, hour } = places[3]!;
  const weekOpen = day === "Fri" ? hour < 17 : day === "Sun" ? hour >= 17 : day !== "Sat";
  sessionsOfHour.set(hourMs, { key, weekOpen });
  return { key, weekOpen };
}

const sessionBaseline = caseOf(() => new SessionBaseline({ halfLifeUs: 20 * SECOND_US, warmupUs: 5 * SECOND_US }), {
  input: (random) => [sometimesAbsent(random, random() * 5)],
  update: (baseline, { timeUs, input: [spread] }) => baseline.update(timeUs, spread!),
  values(baseline, nowUs) {
    baseline.advance(nowUs);
    return { mean: baseline.mean, std: baseline.std, z: baseline.zScore(1.5) };
  },
  batch(history, nowUs) {
    const second = (timeUs: number) => Math.floor(timeUs / SECOND_US);
    const { key } = sessionsAt(nowUs);
    const spreads: number[] = [];
    history.forEach(({ timeUs, input: [spread] }, i) => {
      const until = Math.min(second(history[i + 1]?.timeUs ?? nowUs), second(timeUs) + 3_600);
      for (let s = second(timeUs); s < until && !Number.isNaN(spread!); s++) {
        const session = sessionsAt(s * SECOND_US);
        if (session.key === key && (session.weekOpen || s === second(timeUs))) spreads.push(spread!);
      }
    });
    if (spreads.length < 5) return { mean: undefined, std: undefined, z: undefined };
    // Half of the weight every 20 s; what is older than 100 half-lives weighs nothing.
    const recent = spreads.slice(-2_000);
    const weights = recent.map((_, i) => 2 ** (-(recent.length - i) / 20));
    const mean = sum(recent.map((spread, i) => weights[i]! * spread)) / sum(weights);
    const variance = sum(recent.map((spread, i) => weights[i]! * (spread - mean) ** 2)) / sum(weights);
    const std = Math.sqrt(variance);
    return { mean, std, z: variance > 1e-20 * mean ** 2 ? defined((1.5 - mean) / std) : undefined };
  },
  stateLength: 3 + 16 * 4,
  degenerate: [[NaN], [0], [1], [10], [-1], [1e150], [1e300], [Infinity]],
});

export const SPREAD_CASES: readonly EstimatorCase[] = [
  ...SIGN_RULES.map(signerCase),
  tradeSpreads,
  rollSpread,
  quotedSpreadQuantiles,
  sessionBaseline,
];
