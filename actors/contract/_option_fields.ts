/**
 * Fields of options: numbers within bounds, and sections that can be switched off.
 *
 * @module
 */
import { z } from "zod";

export const seconds = (min: number, max: number) => z.number().min(min).max(max);
export const ms = (min: number, max: number) => z.number().min(min).max(max);
export const ratio = (min: number, max: number) => z.number().min(min).max(max);
export const count = (min: number, max: number) => z.int().min(min).max(max);
export const share = () => z.number().gt(0).lt(1);

/** Options of one detector: whether it runs, and its parameters. */
export const section = <S extends z.ZodRawShape>(shape: S) =>
  z.strictObject({ enabled: z.boolean().default(true), ...shape }).prefault({} as never);
