/**
 * The thousand dollar bars of mlfinlab's tests of microstructural features, and what they expect of each.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { DATA } from "./shared_data.ts";

const FOLDER = `${DATA}/reference/mlfinlab`;

export const dollarBarsAbsent = !existsSync(`${FOLDER}/expected_rows.csv`);

export interface DollarBar {
  close: number;
  volume: number;
  dollars: number;
  /** By name; NaN while the window of 20 is not full. */
  expected: Record<"kyle_20" | "amihud_20" | "hasbrouck_20" | "bvc_buy_volume_20" | "vpin_1" | "vpin_20", number>;
}

export function dollarBars(): DollarBar[] {
  const rows = (file: string) => {
    const [header, ...lines] = Deno.readTextFileSync(`${FOLDER}/${file}`).trimEnd().split(/\r?\n/);
    const names = header!.split(",");
    return lines.map((line) => {
      const cells = line.split(",");
      return Object.fromEntries(names.map((name, i) => [name, cells[i] ? Number(cells[i]) : NaN]));
    });
  };
  const expected = rows("expected_rows.csv");
  return rows("dollar_bar_sample.csv").map((bar, i) => ({
    close: bar.close!,
    volume: bar.cum_vol!,
    dollars: bar.cum_dollar!,
    expected: expected[i] as DollarBar["expected"],
  }));
}
