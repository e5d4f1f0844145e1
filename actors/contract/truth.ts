/**
 * Labels of what a simulated market was made to do: the truth that detectors are measured against.
 *
 * A label speaks of one injected scenario. A benign one is a hard negative: it looks like conduct or trouble and is neither.
 *
 * @module
 */
import { z } from "zod";

export const TruthLabel = z.strictObject({
  v: z.literal(1).describe("Version of this schema"),
  id: z.string().min(1).max(128).describe("The same for the same seed, start and pairs"),
  pair: z.string().length(6),
  kind: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/).describe(
    "Kind of anomaly that should be found; of a benign label, what it is",
  ),
  benign: z.boolean().describe("Whether nothing should be raised for it"),
  startUs: z.int().positive().describe("Event time of its first action"),
  completeUs: z.int().positive().describe("When the evidence is complete: delay counts from here"),
  endUs: z.int().positive().describe("Event time of its last action"),
  subtlety: z.number().min(0).max(1).describe("0 as blatant as a court case, 1 as small as a careful hand would do it"),
  parameters: z.record(z.string().max(64), z.number()).describe("What was drawn for it, units last in the names"),
}).meta({ id: "TruthLabel", title: "Label of an injected scenario" });
export type TruthLabel = z.infer<typeof TruthLabel>;
