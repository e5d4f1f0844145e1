/**
 * docs/DETECTORS.md: what the catalogue says of each detector, and the head of its file.
 *
 * What stands in the page before the catalogue, quality and limits, is written by hand and kept.
 *
 * @module
 */
import {
  ANOMALY_KINDS,
  DEFAULT_DETECTION_OPTIONS,
  DEFAULT_MARKET_OPTIONS,
  DETECTORS,
  type DetectorSpec,
  NEEDS,
} from "../../actors/contract/mod.ts";

export const DETECTORS_PAGE = new URL("../../docs/DETECTORS.md", import.meta.url);
/** Everything below this line is made from the code. */
export const CATALOGUE_HEAD = "## The catalogue";

/** The page with its catalogue made anew. */
export function detectorsPage(page: string): string {
  const at = page.indexOf(CATALOGUE_HEAD);
  const byHand = at < 0 ? page.trimEnd() : page.slice(0, at).trimEnd();
  return `${byHand}\n\n${CATALOGUE_HEAD}\n\n${ANOMALY_KINDS.map(entryOf).join("\n\n")}\n`;
}

function entryOf(kind: keyof typeof DETECTORS): string {
  const spec: DetectorSpec = DETECTORS[kind];
  const needs = spec.needs.map((need) => NEEDS[need]).join(", ");
  const uses = spec.uses.length === 0
    ? ""
    : `; uses ${spec.uses.map((need) => NEEDS[need]).join(", ")} where they are there`;
  const options = optionsOf(kind);
  return [
    `### ${spec.title} (\`${kind}\`)`,
    "",
    spec.doc,
    "",
    `- Family: ${spec.family}. Needs ${needs}${uses}. Version ${spec.version}, \`${
      spec.family === "cross" ? "market" : "detectors"
    }/${spec.detector}.ts\`.`,
    ...(options === "" ? [] : [`- Parameters: ${options}.`]),
    `- Evidence: ${Object.entries(spec.evidence).map(([name, doc]) => `\`${name}\` ${lower(doc)}`).join("; ")}.`,
  ].join("\n");
}

/** Defaults of a kind's section. */
function optionsOf(kind: string): string {
  const name = kind === "locked" ? "crossed" : kind.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const sections = { ...DEFAULT_DETECTION_OPTIONS, ...DEFAULT_MARKET_OPTIONS.detection };
  const section = (sections as unknown as Record<string, Record<string, unknown> | undefined>)[name];
  return Object.entries(section ?? {}).filter(([key]) => key !== "enabled")
    .map(([key, value]) => `\`${key}\` ${Array.isArray(value) ? value.length : value}`).join(", ");
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
