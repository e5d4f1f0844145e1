/**
 * Which pairs move together: a cell for every two, coloured by their correlation, framed where they have parted.
 *
 * @module
 */
import type { LiveMarket } from "../../actors/contract/live.ts";
import {
  breakWords,
  cellText,
  MATRIX_NUMBERS_MAX,
  type MatrixCell,
  matrixOf,
  pairLabel,
} from "../model/market_state.ts";

export function MarketMatrix({ market }: { market: LiveMarket }) {
  const rows = matrixOf(market);
  // The others have a frame and a tooltip; one line that is always there does not move what is below.
  const worst = market.breaks[0];
  const small = rows.length > MATRIX_NUMBERS_MAX;
  return (
    <section class="matrix" aria-label="Correlations">
      <h3>
        Correlation <span class="font-normal">of mids, 5 min</span>
      </h3>
      {rows.length < 2
        ? <p class="m-0 text-2xs text-muted">needs two pairs with quotes</p>
        : (
          <div class="relative overflow-x-auto">
            <table data-testid="market-matrix" data-small={small} aria-label="Correlations of every two pairs">
              <tbody>
                {rows.slice(1).map(({ pair, cells }) => (
                  <tr key={pair}>
                    <th scope="row">{pairLabel(pair)}</th>
                    {cells.map((cell) => <Cell key={cell.column} cell={cell} small={small} />)}
                  </tr>
                ))}
              </tbody>
              <tfoot>
                <tr>
                  <td />
                  {rows.slice(0, -1).map(({ pair }) => <th key={pair} scope="col">{pairLabel(pair)}</th>)}
                </tr>
              </tfoot>
            </table>
          </div>
        )}
      <p data-testid="market-breaks" class="m-0 mt-1 min-h-[2rem] text-2xs">
        {worst === undefined ? <span class="text-muted">nothing has parted</span> : (
          <>
            <strong class="font-semibold">{pairLabel(worst.a)} – {pairLabel(worst.b)}</strong> {breakWords(worst)}
          </>
        )}
      </p>
    </section>
  );
}

function Cell({ cell: { value, broken, words }, small }: { cell: MatrixCell; small: boolean }) {
  const strength = Math.round(Math.min(Math.abs(value ?? 0), 1) * 75);
  const color = (value ?? 0) < 0 ? "down" : "up";
  return (
    <td
      title={words}
      data-broken={broken}
      style={{
        backgroundColor: strength === 0 ? "" : `color-mix(in srgb, var(--${color}) ${strength}%, var(--raised))`,
      }}
    >
      {small ? <span class="visually-hidden">{words}</span> : value === undefined ? "·" : cellText(value)}
    </td>
  );
}
