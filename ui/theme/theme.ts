/**
 * Dark or light: as the system says, or as the user chose, which this browser remembers.
 *
 * @module
 */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";

export type ThemeChoice = "system" | "dark" | "light";

const STORAGE_KEY = "fxmm.theme";
const NEXT = { system: "dark", dark: "light", light: "system" } as const satisfies Record<ThemeChoice, ThemeChoice>;

/** Colours for a canvas, which cannot read CSS variables. */
export interface Palette {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly panel: string;
  readonly up: string;
  readonly down: string;
  readonly warn: string;
  readonly bad: string;
}

export class Theme {
  readonly choice: Signal<ThemeChoice>;
  readonly #palette: Signal<Palette>;

  constructor() {
    this.choice = signal(storedChoice());
    this.#apply();
    this.#palette = signal(readPalette());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#palette.value = readPalette());
  }

  get palette(): ReadonlySignal<Palette> {
    return this.#palette;
  }

  /** System, dark, light, and round again. */
  cycle(): void {
    this.choice.value = NEXT[this.choice.value];
    try {
      localStorage.setItem(STORAGE_KEY, this.choice.value);
    } catch {
      // Storage may be forbidden; the choice then lasts as long as the page.
    }
    this.#apply();
    this.#palette.value = readPalette();
  }

  #apply(): void {
    if (this.choice.value === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.choice.value;
  }
}

function storedChoice(): ThemeChoice {
  try {
    const text = localStorage.getItem(STORAGE_KEY);
    return text === "dark" || text === "light" ? text : "system";
  } catch {
    return "system";
  }
}

/** The tokens as the browser resolves them now. */
function readPalette(): Palette {
  const probe = document.createElement("span");
  document.body.append(probe);
  const read = (token: string) => {
    probe.style.color = `var(--${token})`;
    return getComputedStyle(probe).color;
  };
  const palette = {
    ink: read("ink"),
    muted: read("muted"),
    line: read("line"),
    panel: read("panel"),
    up: read("up"),
    down: read("down"),
    warn: read("warn-edge"),
    bad: read("bad"),
  };
  probe.remove();
  return palette;
}
