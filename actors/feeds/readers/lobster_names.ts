/**
 * Names of LOBSTER's files: `AMZN_2012-06-21_34200000_57600000_message_5.csv` and the same with `orderbook`.
 *
 * @module
 */
const NAME = /^(.*?)([^/\\_]+_(\d{4})-(\d{2})-(\d{2})_\d+_\d+_)(message|orderbook)(_(\d+)\.csv(?:\.gz|\.zst|\.zip)?)$/;

export interface LobsterName {
  messagePath: string;
  bookPath: string;
  isMessages: boolean;
  year: number;
  month: number;
  day: number;
  levels: number;
}

/** What the name of one of the two files says; `undefined` where it is none of them. */
export function lobsterName(path: string): LobsterName | undefined {
  const parts = NAME.exec(path);
  if (parts === null) return undefined;
  const [, folder, stem, year, month, day, kind, rest, levels] = parts;
  return {
    messagePath: `${folder}${stem}message${rest}`,
    bookPath: `${folder}${stem}orderbook${rest}`,
    isMessages: kind === "message",
    year: Number(year),
    month: Number(month),
    day: Number(day),
    levels: Number(levels),
  };
}

/** The paths without the order books whose messages are among them too: the two are one recording. */
export function withoutPartners(paths: readonly string[]): string[] {
  const named = new Set(paths);
  return paths.filter((path) => {
    const name = lobsterName(path);
    return name === undefined || name.isMessages || !named.has(name.messagePath);
  });
}
