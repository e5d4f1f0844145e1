/**
 * Where this project keeps things that can be made again.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Reads one environment variable; `Deno.env.get` in production. */
export type ReadEnv = (name: string) => string | undefined;

/** The folder that holds `deno.json`. */
export const PROJECT_ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

/** Folder of downloaded things: `FXMM_CACHE_DIR`, or `.cache` in the project. */
export function projectCacheDir(env: ReadEnv = Deno.env.get): string {
  return env("FXMM_CACHE_DIR") || join(PROJECT_ROOT, ".cache");
}
