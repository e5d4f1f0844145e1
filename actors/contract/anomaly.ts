/**
 * Anomaly episodes: one case of something unusual, from its first evidence to its end.
 *
 * @module
 */
import { z } from "zod";
import { Severity } from "./alert.ts";

export const EpisodePhase = z.enum(["open", "update", "close"]);
export type EpisodePhase = z.infer<typeof EpisodePhase>;

/** One message about an episode. */
export const Anomaly = z.strictObject({
  v: z.literal(1).describe("Version of this schema"),
  id: z.string().min(1).max(128).describe("The same in every message of one episode"),
  pair: z.string().length(6),
  kind: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/).describe("Kebab case, such as spread-blowout"),
  phase: EpisodePhase,
  startUs: z.int().positive(),
  endUs: z.int().positive().describe("Event time of the newest evidence"),
  score: z.number().min(0).max(1).describe("1 − trailing tail probability of the raw statistic; its peak so far"),
  severity: Severity,
  evidence: z.record(z.string().max(64), z.number()).refine((evidence) => Object.keys(evidence).length <= 32).describe(
    "Named numbers, units last in the name",
  ),
  sentence: z.string().max(500).describe("The case in one sentence"),
  others: z.array(z.string().length(6)).max(8).optional().describe("Further pairs that it speaks of"),
  sequenceFirst: z.int().nonnegative().describe("First stream sequence of the case, for its replay"),
  sequenceLast: z.int().nonnegative(),
  detectorVersion: z.int().positive().describe("Raised whenever the same log may give other cases"),
}).meta({ id: "Anomaly", title: "Anomaly episode" });
export type Anomaly = z.infer<typeof Anomaly>;
