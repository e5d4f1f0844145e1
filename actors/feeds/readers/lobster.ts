/**
 * LOBSTER: the messages of one stock and day, and the book after each of them, in two files that are read in step.
 *
 * ```text
 * …_message_5.csv     time,type,order,size,price,direction      seconds after midnight in New York, price × 10⁴
 * …_orderbook_5.csv   ask,size,bid,size, once a level            ±9999999999 where there is no level
 * ```
 *
 * Either is found beside the other by its name; a zip archive of both is read too. Row k of the messages moves the book from row
 * k − 1 to row k. The first row is told as a snapshot, the others as what changed; executions are trades, whose aggressor is
 * opposite to the order that rested. What a message says must be what changed at its price.
 *
 * @module
 */
import type { OpenedFile } from "../ports.ts";
import { SourceError } from "../source_error.ts";
import type { FileFormat, ReaderOptions } from "./format.ts";
import { LineSource } from "./lines.ts";
import { lobsterName } from "./lobster_names.ts";
import { LobsterReader } from "./lobster_reader.ts";
import { dateUs } from "./times.ts";
import { zoneOf } from "./zones.ts";

/** Levels of a row at most; LOBSTER sells up to 200. */
const LEVELS_MAX = 200;
const isArchive = (path: string) => /\.zip$/i.test(path) && lobsterName(path) === undefined;

export const lobster: FileFormat = {
  name: "lobster",
  title: "LOBSTER, by name: …_message_5.csv with …_orderbook_5.csv beside it, or the zip archive of both; needs --pair",
  knowsName: (path) => lobsterName(path) !== undefined || /LOBSTER[^/\\]*\.zip$/i.test(path),
  async openFile(path, file, options) {
    if (options.pair === undefined) {
      await file.stream.cancel();
      throw new SourceError(path, "a stock is no currency pair; say with --pair which one it shall be");
    }
    return isArchive(path) ? await openArchive(path, file, options) : await openBoth(path, file, options);
  },
};

async function openBoth(path: string, file: OpenedFile, options: ReaderOptions): Promise<LobsterReader> {
  const name = lobsterName(path);
  if (name === undefined) {
    await file.stream.cancel();
    throw new SourceError(path, "its name does not tell day and levels; expected SYMBOL_YYYY-MM-DD_…_message_5.csv");
  }
  const partnerPath = name.isMessages ? name.bookPath : name.messagePath;
  const partner = await openPartner(path, file, partnerPath, options);
  const [messages, book] = name.isMessages ? [file, partner] : [partner, file];
  return makeReader({
    messagePath: name.messagePath,
    bookPath: name.bookPath,
    contentName: path,
    messages: new LineSource(name.messagePath, messages.stream),
    book: new LineSource(name.bookPath, book.stream),
    sizeBytes: file.sizeBytes + partner.sizeBytes,
  }, options);
}

/** The archive is read twice, once for each of the two. */
async function openArchive(path: string, file: OpenedFile, options: ReaderOptions): Promise<LobsterReader> {
  const again = await openPartner(path, file, path, options);
  const member = (kind: string) => ({ wantedMember: (name: string) => name.includes(`_${kind}_`) });
  const messages = new LineSource(path, file.stream, member("message"));
  const book = new LineSource(path, again.stream, member("orderbook"));
  try {
    await messages.peek(1);
    await book.peek(1);
  } catch (error) {
    await Promise.all([messages.close(), book.close()]);
    throw error;
  }
  const [messageName, bookName] = [messages.memberName ?? "", book.memberName ?? ""];
  return makeReader({
    messagePath: `${path}/${messageName}`,
    bookPath: `${path}/${bookName}`,
    contentName: messageName,
    messages,
    book,
    sizeBytes: 2 * file.sizeBytes,
  }, options);
}

async function openPartner(path: string, file: OpenedFile, partnerPath: string, options: ReaderOptions) {
  try {
    if (options.openFile === undefined) throw new Error("files cannot be opened here");
    return await options.openFile(partnerPath);
  } catch (error) {
    await file.stream.cancel();
    throw new SourceError(path, `it needs ${partnerPath} too: ${(error as Error).message}`, { cause: error });
  }
}

interface Both {
  messagePath: string;
  bookPath: string;
  contentName: string;
  messages: LineSource;
  book: LineSource;
  sizeBytes: number;
}

async function makeReader(both: Both, options: ReaderOptions): Promise<LobsterReader> {
  const { messagePath, contentName, messages, book } = both;
  const name = lobsterName(contentName);
  const dayUs = name === undefined ? NaN : dateUs(name.year, name.month, name.day);
  if (name === undefined || !(dayUs > 0) || name.levels < 1 || name.levels > LEVELS_MAX) {
    await Promise.all([messages.close(), book.close()]);
    throw new SourceError(messagePath, `its name tells no real day, or not 1 to ${LEVELS_MAX} levels`);
  }
  // No session runs through the hours in which clocks change: the offset of noon is that of the day.
  const noonUs = dayUs + NOON_US;
  const midnightUs = zoneOf("America/New_York")!(noonUs) - NOON_US;
  return new LobsterReader({ ...both, pair: options.pair!, levels: name.levels, midnightUs });
}

const NOON_US = 43_200_000_000;
