/**
 * A page in a browser, watched for what it should not do.
 *
 * @module
 */
import type { Browser, ConsoleMessage, Page } from "playwright-core";

const WAIT_MS = 30_000;

/** A page that notes what it should not do. */
export async function openPage(
  browser: Browser,
  url: string,
  viewport = { width: 1440, height: 900 },
): Promise<{ page: Page; faults: string[] }> {
  const context = await browser.newContext({ viewport, locale: "en-GB" });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const faults: string[] = [];
  page.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== "data:" && host !== new URL(url).host) faults.push(`request to ${request.url()}`);
  });
  page.on("pageerror", (error) => faults.push(`error ${error.message}`));
  page.on("console", (message: ConsoleMessage) => {
    // A gateway that is gone is told by the browser itself; everything else on the console is ours.
    if (message.type() === "error" && !/ERR_CONNECTION|WebSocket|Failed to load resource/.test(message.text())) {
      faults.push(message.text());
    }
  });
  await page.goto(url);
  return { page, faults };
}

/** Resolves when the page's connection is in this phase. */
export function state(page: Page, wanted: string): Promise<unknown> {
  return page.waitForSelector(`[data-testid="connection"][data-state="${wanted}"]`);
}
