/**
 * A headless Chromium for tests: `CHROMIUM_BIN`, else the system's, else the one that comes from the registry.
 *
 * @module
 */
import chromiumPackage from "@sparticuz/chromium";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

/** What a system's Chromium is called. */
const SYSTEM_NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--no-first-run",
  "--lang=en-GB",
];

export interface LaunchBrowserOptions {
  /** Reads one environment variable. @default {Deno.env.get} */
  env?: (name: string) => string | undefined;
}

/** Starts a browser; `await using` or `close()` ends it. */
export async function launchBrowser({ env = Deno.env.get }: LaunchBrowserOptions = {}): Promise<Browser> {
  const executablePath = env("CHROMIUM_BIN") || await systemChromium(env("PATH") ?? "") || await packagedChromium();
  return await chromium.launch({ executablePath, args: ARGS, env: { ...Deno.env.toObject(), ...LOCALE } });
}

/** In the C locale Chromium calls its language `en-US@posix`, which `Intl` refuses. The locale need not be installed. */
const LOCALE = { LANG: "en_GB.UTF-8", LANGUAGE: "en_GB", LC_ALL: "en_GB.UTF-8" };

async function systemChromium(path: string): Promise<string | undefined> {
  for (const dir of path.split(delimiter).filter(Boolean)) {
    for (const name of SYSTEM_NAMES) {
      const file = join(dir, name);
      const stat = await Deno.stat(file).catch(() => undefined);
      if (stat?.isFile) return file;
    }
  }
  return undefined;
}

/** Unpacked into the temporary directory at its first use. */
async function packagedChromium(): Promise<string> {
  // Without this it would unpack a software renderer for WebGL too.
  chromiumPackage.setGraphicsMode = false;
  return await chromiumPackage.executablePath();
}
