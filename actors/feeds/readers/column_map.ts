/**
 * What the columns of a file mean, as people write it for `--map`.
 *
 * @module
 */
import { ConfigError } from "../../contract/mod.ts";
import { z } from "zod";
import { isTimePattern } from "./time_pattern.ts";
import { isZone } from "./zones.ts";

/** A column by its name in the header, or by its number from 0. */
const column = z.union([z.string().min(1), z.int().min(0)]);
const unit = z.number().positive();

const columnMapSchema = z.strictObject({
  delimiter: z.enum([",", ";", "\t", "|", " "]).default(","),
  header: z.boolean().default(true),
  columns: z.strictObject({
    time: column,
    bid: column.optional(),
    ask: column.optional(),
    bidSize: column.optional(),
    askSize: column.optional(),
    price: column.optional(),
    size: column.optional(),
    side: column.optional(),
    pair: column.optional(),
  }),
  timeFormat: z.string().refine((text) => text === "iso" || text === "epoch" || isTimePattern(text), {
    error: "expected iso, epoch or a pattern such as YYYYMMDD HH:MM:SS.sss",
  }),
  zone: z.string().refine(isZone, { error: "expected UTC, -05:00 or America/New_York" }),
  sizeUnit: unit.default(1),
  priceFactor: unit.default(1),
}).refine(
  ({ columns: { bid, ask, price, size } }) =>
    price === undefined
      ? bid !== undefined && ask !== undefined
      : size !== undefined && bid === undefined && ask === undefined,
  {
    path: ["columns"],
    error: "expected bid and ask for quotes, or price and size for trades",
  },
).refine(({ header, columns }) => header || Object.values(columns).every((one) => typeof one !== "string"), {
  path: ["columns"],
  error: "without a header, columns are numbers from 0",
});

export type ColumnMap = z.output<typeof columnMapSchema>;

/**
 * Read a mapping from JSON.
 *
 * @param source where it comes from, for messages.
 * @throws {ConfigError} with a line for each field that is wrong.
 */
export function readColumnMap(json: string, source: string): ColumnMap {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new ConfigError([`${source}: ${(error as Error).message}`]);
  }
  const parsed = columnMapSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map(({ path, message }) => `${source}: ${path.join(".") || "map"}: ${message}`),
  );
}
