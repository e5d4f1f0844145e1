/**
 * Keys of the page, wherever the focus is: what is typed into a field, and keys with a modifier, are nobody's but the browser's.
 *
 * @module
 */

export interface KeyActions {
  /** Closes what is open; whether there was something. */
  close: () => boolean;
  /** Goes so many pairs on in the list; whether there was one. */
  step: (count: number) => boolean;
  find: () => void;
  favourite: () => void;
  toggleBook: () => void;
  cycleTheme: () => void;
  showAlerts: () => void;
  showRules: () => void;
  showHelp: () => void;
}

/** Keys that move the selection, and how far; infinite to an end. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  j: 1,
  ArrowUp: -1,
  k: -1,
  Home: -Infinity,
  End: Infinity,
};

/** Every key and what it does, in the order in which they are told. */
export const KEYS: readonly (readonly [key: string, what: string])[] = [
  ["j, ↓", "next pair; in a list of cases or alerts, next row"],
  ["k, ↑", "pair before"],
  ["Home, End", "first and last pair"],
  ["Enter", "open the row that has the focus"],
  ["a", "acknowledge the alert that has the focus"],
  ["Escape", "close the case, alert or rules"],
  ["/", "find a pair"],
  ["f", "let the pair stand first"],
  ["b", "show or hide the book behind the mid"],
  ["i", "go to the alerts"],
  ["r", "rules"],
  ["t", "theme: as the system, dark, light"],
  ["?", "this"],
];

/** Listens for as long as the page lives. */
export function listenToKeys(actions: KeyActions): void {
  const plain: Readonly<Record<string, () => void>> = {
    "/": actions.find,
    "f": actions.favourite,
    "b": actions.toggleBook,
    "i": actions.showAlerts,
    "r": actions.showRules,
    "t": actions.cycleTheme,
    "?": actions.showHelp,
  };
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && actions.close()) return;
    if (event.ctrlKey || event.metaKey || event.altKey || isIn(event, "input, select, textarea")) return;
    const action = plain[event.key];
    if (action !== undefined) {
      event.preventDefault();
      return action();
    }
    const step = STEPS[event.key];
    // Lists that scroll have the arrows for themselves.
    if (step !== undefined && !isIn(event, "[data-scrolls], dialog") && actions.step(step)) event.preventDefault();
  });
}

const isIn = ({ target }: KeyboardEvent, selector: string): boolean =>
  target instanceof Element && target.closest(selector) !== null;
