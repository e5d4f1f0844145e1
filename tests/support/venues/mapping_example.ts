/**
 * The mapping file that the documentation shows.
 *
 * @module
 */

/** Its text, with the URL of a venue in place of the one that is shown. */
export function mappingExample(url: string): string {
  const docs = Deno.readTextFileSync(new URL("../../../docs/FEEDS.md", import.meta.url));
  const [, text] = /<!-- The tests run this example\. -->\s*```json\n([^`]+)```/.exec(docs) ?? [];
  if (text === undefined) throw new RangeError("Cannot find the mapping's example in docs/FEEDS.md");
  return text.replace("wss://stream.example.com/v2/forex", url);
}
