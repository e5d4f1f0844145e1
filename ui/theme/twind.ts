/**
 * Utility classes, made as the markup uses them, in a style sheet that is constructed: a Content-Security-Policy without
 * `unsafe-inline` allows it, where it would forbid a `<style>` element.
 *
 * Colours are the tokens of `styles.css`, so that one set of classes serves dark and light.
 *
 * @module
 */
import { cssom, setup } from "@twind/core";
import presetAutoprefix from "@twind/preset-autoprefix";
import presetTailwind from "@twind/preset-tailwind";

const TOKENS = [
  "page",
  "panel",
  "raised",
  "line",
  "ink",
  "muted",
  "up",
  "down",
  "up-bar",
  "down-bar",
  "warn",
  "warn-edge",
  "on-warn",
  "bad",
  "focus",
];

/** Starts to watch the document for class names. */
export function installTwind(): void {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  setup({
    // The few rules a reset needs stand in styles.css, which the page loads first.
    presets: [presetAutoprefix(), presetTailwind({ disablePreflight: true })],
    hash: false,
    theme: {
      extend: {
        colors: Object.fromEntries(TOKENS.map((name) => [name, `var(--${name})`])),
        fontSize: { "2xs": ["0.6875rem", "1rem"] },
        screens: { "3xl": "2000px" },
      },
    },
  }, cssom(sheet));
}
