/**
 * Templates of messages: Mustache, with the fields of an alert and nothing else.
 *
 * A template is read once, when the gateway starts: one that names what there is not, or is not closed, is refused there and not
 * when the first alert comes.
 *
 * @module
 */
// @ts-types="@types/mustache"
import mustache from "mustache";
import { type AlertWords, exampleAlert, wordsOf } from "./alert_words.ts";

/** How values are written: as they are, or so that they can stand in a JSON text, or in the markup of Slack. */
export const ESCAPES = {
  plain: (text: string) => text,
  json: (text: string) => JSON.stringify(text).slice(1, -1),
  slack: (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
} as const;
export type Escape = keyof typeof ESCAPES;

/** Characters of what a template makes. Overflow: it is cut. */
export const RENDERED_CHARS_MAX = 16_000;

/** A template that cannot be used. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

const NAMES = Object.keys(wordsOf(exampleAlert(1)));
type Token = [type: string, value: string, start: number, end: number, inner?: Token[] | string];

export class Template {
  readonly #text: string;
  readonly #escape: Escape;

  /** @throws {TemplateError} which says what is wrong and where. */
  constructor(text: string, escape: Escape = "plain") {
    this.#text = text;
    this.#escape = escape;
    check(parse(text) as unknown as Token[]);
    if (escape !== "json" || !/^\s*[{[]/.test(text)) return;
    try {
      JSON.parse(this.render(wordsOf(exampleAlert(1))));
    } catch (error) {
      throw new TemplateError(`begins like JSON and makes none: ${(error as Error).message}`);
    }
  }

  render(words: AlertWords): string {
    const escape = ESCAPES[this.#escape] as (value: unknown) => string;
    return mustache.render(this.#text, words, {}, { escape: (value) => escape(String(value)) })
      .slice(0, RENDERED_CHARS_MAX);
  }
}

function parse(text: string) {
  try {
    return mustache.parse(text);
  } catch (error) {
    throw new TemplateError((error as Error).message);
  }
}

function check(tokens: readonly Token[]): void {
  for (const [type, name, start, , inner] of tokens) {
    if (type === "text" || type === "!") continue;
    if (type === ">" || type === "=") {
      throw new TemplateError(`"${name}" at ${start}: partials and delimiters are not offered`);
    }
    if (!NAMES.includes(name)) {
      throw new TemplateError(`"${name}" at ${start} is no field; expected of ${NAMES.join(", ")}`);
    }
    if (Array.isArray(inner)) check(inner);
  }
}
