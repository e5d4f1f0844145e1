/**
 * The few lexical facts about a statement that the HTTP interface needs and the engine does not tell: which FORMAT clause
 * it carries, and where the data of an INSERT begins.
 *
 * A scanner, not a parser: it knows comments, quotes, heredocs and brackets, so that a keyword inside one of them is not
 * taken for a clause. Whether the text is a valid statement is for the engine to say. O(n), one pass.
 *
 * The text is expected as Latin-1, one character per byte, so that offsets are byte offsets and binary data behind an
 * INSERT does no harm.
 *
 * @module
 */

/** An INSERT whose data follows it. */
export interface InsertData {
  /** The statement without its FORMAT clause. */
  head: string;
  /** Input format; `Values` for `INSERT … VALUES`. */
  format: string;
  /** Where the data begins. */
  dataStart: number;
  /** `INSERT … SELECT … FROM input(…) FORMAT …`: the data goes through a query. */
  throughSelect: boolean;
}

/** What {@linkcode parseStatement} found. */
export interface Statement {
  /** First keyword in upper case; empty when there is none yet. */
  keyword: string;
  /** Set for an INSERT that carries data. */
  insert?: InsertData;
  /** Format named by a `FORMAT` clause of a statement that returns rows. */
  outputFormat?: string;
  /** It asks for `INTO OUTFILE`, a file on the server's side of an embedded engine. */
  intoOutfile: boolean;
  /** Bare words, in upper case, seen outside of quotes. */
  words: ReadonlySet<string>;
}

/** A piece of a statement that means something. */
export interface Token {
  kind: "word" | "string" | "name" | "number" | "mark";
  start: number;
  end: number;
  text: string;
  /** Brackets open around it. */
  depth: number;
}

/** Scans a statement. */
export function parseStatement(text: string): Statement {
  const words = new Set<string>();
  const tokens: Token[] = [];
  let keyword = "";
  let insertAt = -1;
  let throughSelect = false;
  let settingsSeen = false;
  let intoOutfile = false;
  for (const token of scan(text)) {
    const word = token.kind === "word" ? token.text.toUpperCase() : "";
    if (word !== "") words.add(word);
    if (keyword === "" && word !== "") keyword = word;
    const before = tokens.at(-1);
    tokens.push(token);
    if (word === "" || token.depth > 0) continue;
    if (word === "OUTFILE" && before?.text.toUpperCase() === "INTO" && insertAt < 0) intoOutfile = true;
    if (isPartOfName(before)) continue;
    if (word === "INSERT" && (tokens.length === 1 || keyword === "WITH")) insertAt = tokens.length - 1;
    if (insertAt < 0 || tokens.length - insertAt < 3) continue;
    if (word === "SELECT") throughSelect = true;
    if (word === "SETTINGS") settingsSeen = true;
    if (word === "VALUES" && !throughSelect) {
      const insert = {
        head: text.slice(0, token.start).trimEnd(),
        format: "Values",
        dataStart: token.end,
        throughSelect,
      };
      return { keyword, insert, intoOutfile, words };
    }
    if (word === "FORMAT") {
      const insert = formatClause(text, token, { settingsSeen, throughSelect });
      if (insert !== undefined) return { keyword, insert, intoOutfile, words };
    }
  }
  if (insertAt >= 0) return { keyword, intoOutfile, words };
  return { keyword, outputFormat: outputFormat(tokens), intoOutfile, words };
}

/**
 * Puts other ids for those that `query_id` is compared with: `query_id = 'x'`, `query_id IN ('x', …)`, and the same with
 * a placeholder, `query_id = {id:String}`. Ids that are not in the map, and equal texts elsewhere, stay.
 */
export function replaceQueryIds(
  text: string,
  ids: ReadonlyMap<string, string>,
  params: ReadonlyMap<string, string>,
): string {
  const tokens = [...scan(text)];
  let out = "";
  let from = 0;
  let compared = false;
  for (const [i, token] of tokens.entries()) {
    const word = token.text.toLowerCase();
    if (token.kind === "word" && (word === "query_id" || word === "initial_query_id")) compared = true;
    else if (token.kind === "word" && !["in", "not", "like"].includes(word)) compared = false;
    if (!compared) continue;
    let id: string | undefined;
    let end = token.end;
    if (token.kind === "string") id = ids.get(unquote(token.text));
    if (token.text === "{" && tokens[i + 2]?.text === ":") {
      const close = tokens.slice(i).find(({ text }) => text === "}");
      id = ids.get(params.get(tokens[i + 1]!.text) ?? "");
      end = close?.end ?? end;
    }
    if (id === undefined || token.start < from) continue;
    out += text.slice(from, token.start) + quoteString(id);
    from = end;
  }
  return out + text.slice(from);
}

/** A ClickHouse string literal. */
export function quoteString(value: string): string {
  return `'${value.replace(/[\\']/g, "\\$&")}'`;
}

/** A ClickHouse identifier in backquotes. */
export function quoteName(value: string): string {
  return `\`${value.replace(/[\\`]/g, "\\$&")}\``;
}

/** The tokens of a statement, without white space and comments. */
export function* scan(text: string): Generator<Token> {
  let depth = 0;
  let at = 0;
  while (at < text.length) {
    const start = at;
    const skipped = skipSpaceOrComment(text, at);
    if (skipped > at) {
      at = skipped;
      continue;
    }
    const char = text[at]!;
    let kind: Token["kind"] = "mark";
    if (char === "'" || char === '"' || char === "`") {
      at = skipQuoted(text, at, char);
      kind = char === "'" ? "string" : "name";
    } else if (char === "$" && heredocEnd(text, at) > at) {
      at = heredocEnd(text, at);
      kind = "string";
    } else if (/[A-Za-z_$]/.test(char)) {
      at = skipWhile(text, at, /[\w$]/);
      kind = "word";
    } else if (/\d/.test(char)) {
      at = skipWhile(text, at, /[\w.]/);
      kind = "number";
    } else {
      if (char === ")" || char === "]" || char === "}") depth = Math.max(0, depth - 1);
      at++;
    }
    yield { kind, start, end: at, text: text.slice(start, at), depth };
    if (char === "(" || char === "[" || char === "{") depth++;
  }
}

/** `t.format` and `INSERT INTO format` name something; they open no clause. */
function isPartOfName(before: Token | undefined): boolean {
  if (before === undefined) return false;
  return before.text === "." || before.kind === "word" && /^(into|table)$/i.test(before.text);
}

function formatClause(
  text: string,
  keyword: Token,
  seen: { settingsSeen: boolean; throughSelect: boolean },
): InsertData | undefined {
  const head = text.slice(0, keyword.start).trimEnd();
  const [name, ...next] = take(scan(text.slice(keyword.end)), 2);
  if (name?.kind !== "word") return undefined;
  const nameEnd = keyword.end + name.end;
  // A second SETTINGS clause may stand between the format and the data.
  if (!seen.settingsSeen && next[0]?.kind === "word" && next[0].text.toUpperCase() === "SETTINGS") {
    const end = settingsEnd(text, nameEnd);
    if (end !== undefined) {
      const settings = text.slice(nameEnd, end).trim();
      return {
        head: `${head} ${settings}`,
        format: name.text,
        dataStart: skipDataSpace(text, end),
        throughSelect: seen.throughSelect,
      };
    }
  }
  return { head, format: name.text, dataStart: skipDataSpace(text, nameEnd), throughSelect: seen.throughSelect };
}

/** End of `SETTINGS a = 1, b = 'x'` at `from`; `undefined` when it is not of that form. */
function settingsEnd(text: string, from: number): number | undefined {
  let state: "name" | "=" | "value" | "," = "name";
  let end: number | undefined;
  let first = true;
  for (const token of scan(text.slice(from))) {
    if (first) {
      first = false;
    } else if (state === "name" && token.kind === "word") state = "=";
    else if (state === "=" && token.text === "=") state = "value";
    else if (state === "value" && token.text === "-") continue;
    else if (state === "value" && token.kind !== "mark") {
      state = ",";
      end = from + token.end;
    } else if (state === "," && token.text === ",") state = "name";
    else break;
  }
  return end;
}

/** Data starts behind blanks, at most one semicolon, and at most one line break. */
function skipDataSpace(text: string, from: number): number {
  let at = skipWhile(text, from, /[ \t\f]/);
  if (text[at] === ";") at = skipWhile(text, at + 1, /[ \t\f]/);
  if (text[at] === "\r") at++;
  if (text[at] === "\n") at++;
  return at;
}

function outputFormat(tokens: readonly Token[]): string | undefined {
  for (let i = tokens.length - 2; i >= 1; i--) {
    const token = tokens[i]!;
    if (token.depth > 0 || token.kind !== "word" || token.text.toUpperCase() !== "FORMAT") continue;
    if (tokens[i - 1]!.text === ".") continue;
    const name = tokens[i + 1]!;
    const next = tokens[i + 2];
    const closed = next === undefined || next.text === ";" || /^(settings|into)$/i.test(next.text);
    return name.kind === "word" && closed ? name.text : undefined;
  }
  return undefined;
}

function unquote(literal: string): string {
  return literal.slice(1, -1).replace(/\\(.)|''/gs, (_, escaped) => escaped ?? "'");
}

function skipSpaceOrComment(text: string, at: number): number {
  if (/\s/.test(text[at]!)) return skipWhile(text, at, /\s/);
  if (text.startsWith("--", at) || text.startsWith("# ", at) || text.startsWith("#!", at)) {
    const end = text.indexOf("\n", at);
    return end < 0 ? text.length : end + 1;
  }
  if (text.startsWith("/*", at)) {
    const end = text.indexOf("*/", at + 2);
    return end < 0 ? text.length : end + 2;
  }
  return at;
}

function skipQuoted(text: string, start: number, quote: string): number {
  let at = start + 1;
  while (at < text.length) {
    if (text[at] === "\\") at += 2;
    else if (text[at] === quote && text[at + 1] === quote) at += 2;
    else if (text[at] === quote) return at + 1;
    else at++;
  }
  return text.length;
}

/** End of `$tag$ … $tag$`; `start` when there is no heredoc. */
function heredocEnd(text: string, start: number): number {
  const tagEnd = skipWhile(text, start + 1, /\w/);
  if (text[tagEnd] !== "$") return start;
  const tag = text.slice(start, tagEnd + 1);
  const end = text.indexOf(tag, tagEnd + 1);
  return end < 0 ? start : end + tag.length;
}

function skipWhile(text: string, start: number, set: RegExp): number {
  let at = start;
  while (at < text.length && set.test(text[at]!)) at++;
  return at;
}

function take<T>(items: Iterable<T>, count: number): T[] {
  const out: T[] = [];
  for (const item of items) {
    out.push(item);
    if (out.length === count) break;
  }
  return out;
}
