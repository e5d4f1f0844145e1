/**
 * TypeScript source as the house rules look at it: comments apart from code, code without what strings say, imports as a list.
 *
 * A small scanner, not a parser: it knows comments, strings, templates and regular expressions, which is what a search for
 * words must not stumble over.
 *
 * @module
 */

export interface SourceText {
  /** The code; comments, contents of strings and of regular expressions are blanks. Lines stay where they are. */
  readonly code: string;
  /** The code with its strings; comments are blanks. */
  readonly codeAndStrings: string;
  /** The comments; everything else is blanks. */
  readonly comments: string;
}

const REGEX_MAY_FOLLOW = /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|await|yield))\s*$/;

export function scanSource(text: string): SourceText {
  const code = blank(text);
  const strings = blank(text);
  const comments = blank(text);
  /** For each open `${`, how many braces are open inside of it. */
  const templates: number[] = [];
  let at = 0;
  const take = (until: number, ...into: string[][]) => {
    for (; at < until; at++) for (const target of into) target[at] = text[at]!;
  };
  const closing = (pattern: RegExp): number => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    return found === null ? text.length : found.index + found[0].length;
  };
  const takeString = (end: number) => {
    take(at + 1, code, strings);
    take(end - 1, strings);
    take(end, code, strings);
  };
  /** From behind a backtick or a closing brace up to the next `${` or the closing backtick. */
  const takeTemplate = () => {
    const end = closing(/(?:[^\\`$]|\\[^]|\$(?!\{))*(?:`|\$\{)/y);
    const opens = text[end - 1] === "{";
    if (opens) templates.push(0);
    take(end - (opens ? 2 : 1), strings);
    take(end, code, strings);
  };
  while (at < text.length) {
    const char = text[at]!;
    const pair = text.slice(at, at + 2);
    if (pair === "//") take(closing(/[^\n]*/y), comments);
    else if (pair === "/*") take(closing(/\/\*[^]*?\*\//y), comments);
    else if (char === '"' || char === "'") takeString(closing(/(["'])(?:\\[^]|(?!\1)[^\\\n])*(?:\1|$)/my));
    else if (char === "`") {
      take(at + 1, code, strings);
      takeTemplate();
    } else if (char === "/" && REGEX_MAY_FOLLOW.test(code.slice(Math.max(0, at - 20), at).join(""))) {
      const end = closing(/\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y);
      if (end === text.length) take(at + 1, code, strings);
      else takeString(end);
    } else {
      const open = templates.length - 1;
      if (char === "{" && open >= 0) templates[open]!++;
      const closesTemplate = char === "}" && open >= 0 && templates[open]!-- === 0;
      take(at + 1, code, strings);
      if (closesTemplate) {
        templates.pop();
        takeTemplate();
      }
    }
  }
  return { code: code.join(""), codeAndStrings: strings.join(""), comments: comments.join("") };
}

function blank(text: string): string[] {
  return Array.from({ length: text.length }, (_, i) => text[i] === "\n" ? "\n" : " ");
}

export interface SourceImport {
  readonly specifier: string;
  /** Nothing of it is left at run time. */
  readonly typeOnly: boolean;
  readonly line: number;
}

const IMPORT =
  /(?:^|[;\n}])\s*(import|export)\s+(type\s+)?(\*(?:\s*as\s+\w+)?|[\w$]+(?:\s*,\s*\{[^}]*\})?|\{[^}]*\})\s*from\s*"([^"]+)"|(?:^|[;\n])\s*import\s*"([^"]+)"|\bimport\s*\(\s*"([^"]+)"/g;

/** Everything a file imports or exports from elsewhere, dynamic imports included. */
export function importsOf(text: string): SourceImport[] {
  const { codeAndStrings } = scanSource(text);
  return [...codeAndStrings.matchAll(IMPORT)].map((match) => {
    const [whole, , type, names = "", from, bare, dynamic] = match;
    const specifier = (from ?? bare ?? dynamic)!;
    const listed = /^\{([^}]*)\}$/.exec(names)?.[1]?.split(",").map((name) => name.trim()).filter((name) =>
      name !== ""
    );
    const typeOnly = type !== undefined || (listed !== undefined && listed.every((name) => name.startsWith("type ")));
    return {
      specifier,
      typeOnly: from !== undefined && typeOnly,
      line: lineOf(codeAndStrings, match.index + whole.length),
    };
  });
}

/** Number of the line a position stands on, from 1. */
export function lineOf(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < index; at = text.indexOf("\n", at + 1)) line++;
  return line;
}
