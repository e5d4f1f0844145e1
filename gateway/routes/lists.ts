/**
 * Lists in queries: names separated by commas.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { ANOMALY_KINDS, Severity } from "../../actors/contract/mod.ts";

/** Names of a list in a query. */
const LIST_MAX = 64;
const kindPattern = /^[a-z][a-z0-9-]{0,63}$/;

/** Any names. */
export const nameList = (what: string, example: string) =>
  z.string().optional().transform((text, ctx): string[] => {
    const names = text?.split(",").map((name) => name.trim()).filter((name) => name !== "") ?? [];
    if (names.length > LIST_MAX) ctx.addIssue(`names ${names.length}, at most ${LIST_MAX}`);
    return names;
  }).meta({ type: "string", description: `${what}, comma-separated; all where it is left out`, example });

/** Kinds of cases or alerts. */
export const kindList = nameList("Kinds", "spoofing,layering").refine(
  (names) => names.every((name) => kindPattern.test(name)),
  { error: `expected kinds such as spoofing; those that are detected: ${ANOMALY_KINDS.join(", ")}` },
);

export const pairNames = nameList("Pairs", "EURUSD,USDJPY");

/** Some of a few words. */
export const wordList = <Word extends string>(what: string, example: string, words: readonly Word[]) =>
  nameList(what, example).transform((names, ctx): Word[] => {
    const wrong = names.filter((name) => !words.includes(name as Word));
    if (wrong.length > 0) ctx.addIssue(`"${wrong.join(", ")}": expected of ${words.join(", ")}`);
    return names as Word[];
  });

export const severityList = wordList("Severities", "critical", Severity.options);
