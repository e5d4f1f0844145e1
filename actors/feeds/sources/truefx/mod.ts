/**
 * TrueFX.
 *
 * @module
 */
export { TRUEFX_INTERVAL_MS, TRUEFX_INTERVAL_MS_MIN, TRUEFX_URL, type TrueFxOptions, trueFxSource } from "./truefx.ts";
