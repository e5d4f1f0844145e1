/**
 * All there is to know of one feed: where it is connected, since when, what it counted, and how each of its pairs is.
 *
 * @module
 */
import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { FeedPairReport } from "../../actors/contract/feed_report.ts";
import { agoText, taskLabel } from "../model/cluster_state.ts";
import { formatEventTime, zoneLabel } from "../model/event_time.ts";
import { refusedReasons } from "../model/feed_figures.ts";
import { feedAdvice, type FeedEntry, feedPairRows, healthOf } from "../model/feed_state.ts";
import { formatAge, formatBytes, formatCount } from "../model/number_format.ts";

/** Pairs at first; a feed of two hundred shows the others when asked. */
const PAIRS_SHOWN_MAX = 40;
/** An event that is older is told by its date: it is of a recording, or of a market that is closed. */
const AGE_SHOWN_MS_MAX = 24 * 3_600_000;

export interface FeedDetailProps {
  entry: FeedEntry;
  nowMs: ReadonlySignal<number>;
  clockAheadMs: number;
}

export function FeedDetail(props: FeedDetailProps) {
  const { entry } = props;
  const { source, fault, faultCode } = entry.report;
  const advice = feedAdvice(entry);
  return (
    <div data-testid={`feed-${source}-detail`} class="feed-detail">
      {advice !== "" && (
        <p data-testid={`feed-${source}-advice`} class="advice m-0">
          {fault !== undefined && (
            <>
              <span class="font-semibold text-bad">{faultCode === undefined ? fault : `${faultCode}: ${fault}`}</span>
              {" "}
            </>
          )}
          {advice}
        </p>
      )}
      <div class="facts">
        <Facts {...props} />
        <Refused entry={entry} />
      </div>
      <Pairs {...props} />
    </div>
  );
}

function Facts({ entry, nowMs, clockAheadMs }: FeedDetailProps) {
  const { report, heardMs } = entry;
  const since = (ms: number) => <Moment ms={ms} nowMs={nowMs} clockAheadMs={clockAheadMs} />;
  const health = healthOf(entry);
  return (
    <dl>
      <Fact name="Address" doc="Where it is connected to, without user, password and key">
        {report.address ?? "–"}
      </Fact>
      <Fact name="Node" doc="The node that runs it">{report.node}</Fact>
      <Fact name="Taken" doc="When the node took the source: counts begin there">{since(report.startedMs)}</Fact>
      {health === "silent"
        ? <Fact name="Last heard" doc="When its last report came here">{since(heardMs + clockAheadMs)}</Fact>
        : <Fact name={health === "live" ? "Live" : "In this state"} doc="Since when">{since(report.sinceMs)}</Fact>}
      {report.conflated && (
        <Fact name="Prices" doc="The source sends only so many of its prices">conflated: not every one is sent</Fact>
      )}
      <Fact name="Received" doc="Messages and bytes of the source, heartbeats included">
        {formatCount(report.messageCount)} messages, {formatBytes(report.byteCount)}
      </Fact>
      <Fact name="To the log" doc="Market events, and the frames that they went in">
        {formatCount(report.eventCount)} events in {formatCount(report.frameCount)} frames
      </Fact>
      <Marked name="Crossed" count={report.crossedCount} doc="Books and quotes whose bid was above the ask" />
      <Marked name="Locked" count={report.lockedCount} doc="Books and quotes whose bid was the ask" />
      <Marked name="Bad ticks" count={report.badTickCount} doc="Prices far from the ones before them" />
      <Marked
        name="Made to wait"
        count={report.pausedCount}
        doc="Times that the source was made to wait because the log was slow"
      />
    </dl>
  );
}

function Fact({ name, doc, children }: { name: string; doc: string; children: ComponentChildren }) {
  return (
    <div title={doc}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A count that should be zero. */
function Marked({ name, count, doc }: { name: string; count: number; doc: string }) {
  return (
    <Fact name={name} doc={doc}>
      {count === 0 ? <span class="text-muted">0</span> : (
        <span class="font-semibold">
          <span aria-hidden="true" class="text-warn-edge">◆</span> {formatCount(count)}
        </span>
      )}
    </Fact>
  );
}

function Refused({ entry: { report } }: Pick<FeedDetailProps, "entry">) {
  const reasons = refusedReasons(report);
  if (reasons.length === 0) return null;
  return (
    <table data-testid={`feed-${report.source}-refused`} aria-label="Refused, by reason">
      <thead class="text-2xs text-muted">
        <tr>
          <th scope="col" title="Why a message or an event could not be used">Refused because</th>
          <th scope="col" class="number">Count</th>
        </tr>
      </thead>
      <tbody>
        {reasons.map(({ reason, count }) => (
          <tr key={reason}>
            <th scope="row" class="reason">{reason}</th>
            <td class="number">{formatCount(count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const PAIR_MARKS: Readonly<Record<FeedPairReport["state"], readonly [mark: string, look: string, doc: string]>> = {
  live: ["●", "text-up", "Served"],
  waiting: ["○", "text-muted", "Nothing heard yet"],
  resyncing: ["◐", "text-warn-edge", "Its book is asked for anew"],
  refused: ["✕", "text-bad", "The source does not serve it"],
};

function Pairs({ entry: { report }, nowMs, clockAheadMs }: FeedDetailProps) {
  const showsAll = useSignal(false);
  const rows = feedPairRows(report);
  if (rows.length === 0) return <p class="m-0 text-muted">It names no pairs.</p>;
  const shown = showsAll.value ? rows : rows.slice(0, PAIRS_SHOWN_MAX);
  return (
    <div class="pairs">
      <table data-testid={`feed-${report.source}-pairs`} aria-label="Pairs">
        <thead class="text-2xs text-muted">
          <tr>
            <th scope="col">Pair</th>
            <th scope="col" title="What the source calls it">Symbol</th>
            <th scope="col">State</th>
            <th scope="col" class="number" title="Market events since the node took the source">Events</th>
            <th
              scope="col"
              class="number"
              title="Age of the newest event, by its event time; the date where it is of another day"
            >
              Last event
            </th>
          </tr>
        </thead>
        {shown.map((row) => {
          const [mark, look, doc] = PAIR_MARKS[row.state];
          return (
            <tbody key={row.pair}>
              <tr>
                <th scope="row">{taskLabel(`pair.${row.pair}`)}</th>
                <td title={row.symbol} class="symbol">{row.symbol}</td>
                <td title={doc} class="whitespace-nowrap">
                  <span aria-hidden="true" class={`inline-block w-3 text-center ${look}`}>{mark}</span> {row.state}
                </td>
                <td class={`number ${row.eventCount === 0 ? "text-muted" : ""}`}>{formatCount(row.eventCount)}</td>
                <td class="number">
                  <LastEvent timeUs={row.lastEventUs} nowMs={nowMs} clockAheadMs={clockAheadMs} />
                </td>
              </tr>
              {row.fault !== undefined && (
                <tr>
                  <td colSpan={5} class="fault text-2xs text-bad">{row.fault}</td>
                </tr>
              )}
            </tbody>
          );
        })}
      </table>
      {shown.length < rows.length && (
        <button
          type="button"
          class="h-8 w-full text-left text-muted"
          onClick={() => showsAll.value = true}
        >
          Show all {rows.length}
        </button>
      )}
    </div>
  );
}

/** `12:03:04, 3 min ago`. Apart, so that the clock renders this text alone. */
function Moment({ ms, nowMs, clockAheadMs }: { ms: number } & Omit<FeedDetailProps, "entry">) {
  const ageMs = nowMs.value + clockAheadMs - ms;
  const at = new Date(ms - clockAheadMs);
  const time = at.toLocaleTimeString("en-GB");
  return <>{ageMs < AGE_SHOWN_MS_MAX ? time : `${at.toLocaleDateString("en-GB")} ${time}`}, {agoText(ageMs)}</>;
}

/** Apart, so that the clock renders this text alone. */
function LastEvent({ timeUs, nowMs, clockAheadMs }: { timeUs: number } & Omit<FeedDetailProps, "entry">) {
  if (timeUs === 0) return <span class="text-muted">–</span>;
  const ageMs = nowMs.value + clockAheadMs - timeUs / 1_000;
  const at = formatEventTime(timeUs);
  return <span title={`${at} ${zoneLabel()}`}>{ageMs < AGE_SHOWN_MS_MAX ? formatAge(ageMs) : at.slice(0, 10)}</span>;
}
