/**
 * Utility classes, made as the markup uses them, in a style sheet that is constructed: a Content-Security-Policy without
 * `unsafe-inline` allows it, where it would forbid a `<style>` element.
 *
 * Colours are the tokens of `styles.css`, so that one set of classes serves dark and light.
 *
 * @module
 */
import { cssom, twind } from "@twind/core";
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

/**
 * Starts to watch the document for class names. Each that was not seen before is looked at once, and of what changes only
 * what was added: Twind's own watcher walks all that stands beside it, which a list of a thousand rows cannot afford.
 */
export function installTwind(): void {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const tw = twind({
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
  const seen = new Set<string>();
  const see = (element: Element) => {
    const names = element.getAttribute("class");
    if (names === null || seen.has(names)) return;
    seen.add(names);
    tw(names);
  };
  const seeAll = (root: Element) => {
    see(root);
    for (const element of root.querySelectorAll("[class]")) see(element);
  };
  const observer = new MutationObserver((records) => {
    for (const { type, target, addedNodes } of records) {
      if (type === "attributes") see(target as Element);
      else for (const node of addedNodes) if (node instanceof Element) seeAll(node);
    }
  });
  observer.observe(document.documentElement, { attributeFilter: ["class"], subtree: true, childList: true });
  seeAll(document.documentElement);
}
