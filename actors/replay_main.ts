/**
 * Publishes recorded files as a feed, or shows the market around a case again.
 *
 * Of files, standard output stays empty but for `--help`; progress and summary go to standard error. Status: 0 all files were read, 1
 * one could not be or nothing was published, 2 wrong usage.
 *
 * @module
 */
import { systemClock } from "./adapters/clock.ts";
import { progressLineOf, readText, runCommand } from "./adapters/command.ts";
import { connectFramePublisher } from "./adapters/frame_publisher.ts";
import { openFile, sizeOfFile } from "./adapters/files.ts";
import { untilAborted } from "./adapters/until_aborted.ts";
import { natsUrl, readEnv, shownUrl } from "./contract/mod.ts";
import { caseArgs, replayCase } from "./replay_case.ts";
import { FORMAT_NAMES, progressLine, readMap, recordingArgs, replay, summaryText } from "./feeds/mod.ts";

const HELP = `Publish recorded market data to the log, or show the market around a case again.

Usage: deno task replay [options] FILE…
       deno task replay --case ID [--margin SECONDS] [--json]

  --case ID        a case, its evidence, and what happened before, in it and behind it, from the log or the archive
  --margin N       seconds before and behind it (10)
  --json           the events as JSON lines, which this command reads as a file

  --speed N|max    1 plays in event time, 10 ten times as fast, max as fast as possible (default)
  --pair PAIR      the pair of files whose rows do not name one, otherwise the one in the file name;
                   where rows name one, those of another are refused
  --format NAME    ${FORMAT_NAMES.join(", ")}; guessed from the content when left out
  --merge          all files as one, in order of event time; otherwise one after another
  --map MAP        what the columns of a file mean, as JSON or a file of it (docs/FEEDS.md)
  --zone ZONE      zone of times that do not say it, of lean_ticks: UTC (default), -05:00, America/New_York
  --no-progress    no progress on standard error
  --help           this text

Files may be packed with gzip or zstd, or be the one recording of a zip archive. NATS_URL says where the server is
(nats://127.0.0.1:4222), GATEWAY_URL where the gateway is (http://127.0.0.1:8080).`;

/** After so long without a connection, people are told what is waited for. */
const CONNECT_PATIENCE_MS = 2_000;
/** Time for the last frames to be acknowledged after the signal to stop. */
const STOP_GRACE_MS = 3_000;

await runCommand(HELP, async (command) => {
  const ofCase = caseArgs(command.args);
  if (ofCase !== undefined) return replayCase(ofCase, { ...command, write: console.log });
  const args = recordingArgs(command.args, { takesSpeed: true });
  const map = args.map === undefined ? undefined : await readMap(args.map, readText);
  const { NATS_URL: url } = readEnv(
    { NATS_URL: natsUrl().default("nats://127.0.0.1:4222") },
    Deno.env.toObject(),
  );

  const { signal } = command;
  const patience = setTimeout(
    () =>
      console.error(
        `Waiting for ${shownUrl(url)}: is \`deno task dev\` running? NATS_URL says where the server is`,
      ),
    CONNECT_PATIENCE_MS,
  );
  const publisher = await untilAborted(connectFramePublisher({ natsUrl: url, name: "replay" }), { signal });
  clearTimeout(patience);
  if (publisher === undefined) return 1;
  const progress = progressLineOf(progressLine, { wanted: args.progress });
  const run = replay(args.files, {
    openFile,
    sizeOf: sizeOfFile,
    outlet: publisher,
    clock: systemClock,
    runId: crypto.randomUUID().slice(0, 8),
    speed: args.speed,
    format: args.format,
    pair: args.pair,
    zone: args.zone,
    map,
    merge: args.merge,
    onProgress: progress.show,
    signal,
  });
  const summary = await untilAborted(run, { signal, graceMs: STOP_GRACE_MS });
  progress.end();
  if (summary === undefined) {
    console.error("Stopped before the last frames were acknowledged.");
    return 1;
  }
  await publisher.close();
  console.error(summaryText(summary));
  return summary.published > 0 && summary.files.every((file) => file.error === undefined) ? 0 : 1;
});
