/**
 * Shows the market around a case again: from the log while that has it, from the archive after.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { GatewayClient } from "./adapters/gateway_client.ts";
import { JetStreamLog } from "./adapters/jetstream_log.ts";
import { readMarketWindow } from "./adapters/market_window.ts";
import { connectNats } from "./adapters/nats.ts";
import type { Command } from "./adapters/command.ts";
import { ConfigError, type EventJson, natsUrl, parsePair, readEnv, STREAMS, US_PER_SECOND } from "./contract/mod.ts";
import { CaseTape } from "./feeds/mod.ts";
import { z } from "zod";

/** Longest time that is shown before and behind a case, seconds. */
const MARGIN_S_MAX = 3_600;

export interface CaseArgs {
  id: string;
  marginUs: number;
  json: boolean;
}

/** The arguments, where they ask for a case. @throws {ConfigError} with a line for each that is wrong. */
export function caseArgs(args: readonly string[]): CaseArgs | undefined {
  if (!args.some((arg) => arg === "--case" || arg.startsWith("--case="))) return undefined;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { case: { type: "string" }, margin: { type: "string" }, json: { type: "boolean" } },
    });
    const marginS = Number(values.margin ?? 10);
    if (!(marginS >= 0 && marginS <= MARGIN_S_MAX)) {
      throw new ConfigError([`--margin ${JSON.stringify(values.margin)}: expected seconds, 0 to ${MARGIN_S_MAX}`]);
    }
    return { id: values.case!, marginUs: Math.round(marginS * US_PER_SECOND), json: values.json === true };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([`${(error as Error).message}; see --help`]);
  }
}

/** Show a case. @returns the exit status: 1 where its market is stored nowhere any more. */
export async function replayCase(
  { id, marginUs, json }: CaseArgs,
  { signal, write }: Pick<Command, "signal"> & { write: (line: string) => void },
): Promise<number> {
  const { NATS_URL, GATEWAY_URL } = readEnv({
    NATS_URL: natsUrl().default("nats://127.0.0.1:4222"),
    GATEWAY_URL: z.url({ protocol: /^https?$/, error: "expected a URL such as http://127.0.0.1:8080" })
      .default("http://127.0.0.1:8080"),
  }, Deno.env.toObject());
  const gateway = new GatewayClient(GATEWAY_URL);
  const { case: anomaly } = await gateway.case(id);
  const pair = parsePair(anomaly.pair)!;
  const tape = new CaseTape({ anomaly, marginUs, write: (line) => json || write(line) });
  let shownCount = 0;
  const show = (event: EventJson) => {
    tape.take(event);
    if (json && tape.eventCount > shownCount) write(JSON.stringify(event));
    shownCount = tape.eventCount;
  };
  tape.head();
  const nc = await connectNats({ url: NATS_URL, name: "replay" }).catch(() => undefined);
  if (nc !== undefined) {
    const window = { pair, fromUs: tape.fromUs, toUs: tape.toUs, nearSequence: anomaly.sequenceLast };
    for await (const event of readMarketWindow(new JetStreamLog(nc, STREAMS.market.name), window, signal)) show(event);
    await nc.close();
  }
  if (shownCount === 0 && !signal.aborted) {
    console.error("The log has this market no more: quotes and trades as they were archived.");
    for (const event of await gateway.market(pair, tape)) show(event);
  }
  if (shownCount === 0) console.error("Nothing is stored of the market around this case any more.");
  return shownCount > 0 ? 0 : 1;
}
