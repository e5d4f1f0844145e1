/**
 * Metric samples, anomalies, alerts and labels as rows of their tables.
 *
 * A sample becomes one row for each value it has: a new metric needs no new column, and a chart of one metric reads that metric
 * alone. The samples across all pairs come in the same log, and go into a table of their own.
 *
 * @module
 */
import {
  Alert,
  Anomaly,
  Delivery,
  MARKET_METRICS_SUBJECT,
  METRIC_PATHS,
  MetricSample,
  TruthLabel,
  US_PER_MS,
} from "../../actors/contract/mod.ts";
import { JsonRows } from "./json_message_rows.ts";
import { MarketMetricRows } from "./market_metric_rows.ts";
import { RowSet } from "./row_set.ts";

export class MetricRows extends JsonRows<MetricSample> {
  readonly #set = new RowSet("metrics");
  readonly #time = this.#set.time("time");
  readonly #name = this.#set.text("name");
  readonly #value = this.#set.numbers("value", "Float64", Float64Array);
  readonly #market = new MarketMetricRows(this.rejected);
  readonly sets = [this.#set, ...this.#market.sets];

  constructor() {
    super(MetricSample);
  }

  override take(subject: string, sequence: number, data: Uint8Array, epoch: number): void {
    if (subject === MARKET_METRICS_SUBJECT) this.#market.take(subject, sequence, data, epoch);
    else super.take(subject, sequence, data, epoch);
  }

  protected takeValue(sample: MetricSample, sequence: number, epoch: number): void {
    const values = sample.values as Record<string, Record<string, number | undefined>>;
    METRIC_PATHS.forEach(([name, group, short], index) => {
      const value = values[group]?.[short];
      if (value === undefined) return;
      const row = this.#set.begin(sample.pair, { epoch, sequence, index });
      this.#time.setMicrosAsNanos(row, sample.timeUs);
      this.#name.append(name);
      this.#value.values[row] = value;
    });
  }
}

export class AnomalyRows extends JsonRows<Anomaly> {
  readonly #set = new RowSet("anomalies");
  readonly #time = this.#set.time("time");
  readonly #id = this.#set.text("id");
  readonly #kind = this.#set.text("kind");
  readonly #phase = this.#set.text("phase");
  readonly #start = this.#set.time("start_time");
  readonly #score = this.#set.numbers("score", "Float64", Float64Array);
  readonly #severity = this.#set.text("severity");
  readonly #evidence = this.#set.text("evidence");
  readonly #sentence = this.#set.text("sentence");
  readonly #others = this.#set.text("others");
  readonly #sequenceFirst = this.#set.int64("sequence_first", "UInt64");
  readonly #sequenceLast = this.#set.int64("sequence_last", "UInt64");
  readonly #version = this.#set.numbers("detector_version", "UInt32", Uint32Array);
  readonly sets = [this.#set];

  constructor() {
    super(Anomaly);
  }

  protected takeValue(anomaly: Anomaly, sequence: number, epoch: number): void {
    const row = this.#set.begin(anomaly.pair, { epoch, sequence, index: 0 });
    this.#time.setMicrosAsNanos(row, anomaly.endUs);
    this.#id.append(anomaly.id);
    this.#kind.append(anomaly.kind);
    this.#phase.append(anomaly.phase);
    this.#start.setMicrosAsNanos(row, anomaly.startUs);
    this.#score.values[row] = anomaly.score;
    this.#severity.append(anomaly.severity);
    this.#evidence.append(JSON.stringify(anomaly.evidence));
    this.#sentence.append(anomaly.sentence);
    this.#others.append(anomaly.others?.join(",") ?? "");
    this.#sequenceFirst.set(row, anomaly.sequenceFirst);
    this.#sequenceLast.set(row, anomaly.sequenceLast);
    this.#version.values[row] = anomaly.detectorVersion;
  }
}

/** Stands for the routes of an alert that names none. */
export const USUAL_ROUTES = "*";

export class AlertRows extends JsonRows<Alert> {
  readonly #set = new RowSet("alerts");
  readonly #time = this.#set.time("time");
  readonly #id = this.#set.text("id");
  readonly #kind = this.#set.text("kind");
  readonly #severity = this.#set.text("severity");
  readonly #state = this.#set.text("state");
  readonly #rule = this.#set.text("rule");
  readonly #score = this.#set.numbers("score", "Float64", Float64Array);
  readonly #sentence = this.#set.text("sentence");
  readonly #anomalyId = this.#set.text("anomaly_id");
  readonly #opened = this.#set.time("opened_time");
  readonly #cases = this.#set.numbers("cases", "UInt32", Uint32Array);
  readonly #person = this.#set.text("person");
  readonly #assignee = this.#set.text("assignee");
  readonly #comment = this.#set.text("comment");
  readonly #disposition = this.#set.text("disposition");
  readonly #acknowledgedBy = this.#set.text("acknowledged_by");
  readonly #escalated = this.#set.numbers("escalated", "UInt8", Uint8Array);
  readonly #muted = this.#set.numbers("muted", "UInt8", Uint8Array);
  readonly #routes = this.#set.text("routes");
  readonly sets = [this.#set];

  constructor() {
    super(Alert);
  }

  protected takeValue(alert: Alert, sequence: number, epoch: number): void {
    const row = this.#set.begin(alert.pair, { epoch, sequence, index: 0 });
    this.#time.setMicrosAsNanos(row, alert.timeUs);
    this.#id.append(alert.id);
    this.#kind.append(alert.kind);
    this.#severity.append(alert.severity);
    this.#state.append(alert.state);
    this.#rule.append(alert.rule);
    this.#score.values[row] = alert.score;
    this.#sentence.append(alert.sentence);
    this.#anomalyId.append(alert.anomalyId ?? "");
    this.#opened.setMicrosAsNanos(row, alert.openedUs ?? alert.timeUs);
    this.#cases.values[row] = alert.count ?? 1;
    this.#person.append(alert.by ?? "");
    this.#assignee.append(alert.assignee ?? "");
    this.#comment.append(alert.comment ?? "");
    this.#disposition.append(alert.disposition ?? "");
    this.#acknowledgedBy.append(alert.acknowledgedBy ?? "");
    this.#escalated.values[row] = alert.escalated ? 1 : 0;
    this.#muted.values[row] = alert.muted ? 1 : 0;
    this.#routes.append(alert.routes?.join(",") ?? USUAL_ROUTES);
  }
}

export class DeliveryRows extends JsonRows<Delivery> {
  readonly #set = new RowSet("deliveries");
  readonly #time = this.#set.time("time");
  readonly #route = this.#set.text("route");
  readonly #state = this.#set.text("state");
  readonly #alertId = this.#set.text("alert_id");
  readonly #alertState = this.#set.text("alert_state");
  readonly #alertSequence = this.#set.int64("alert_seq", "UInt64");
  readonly #key = this.#set.text("key");
  readonly #attempt = this.#set.numbers("attempt", "UInt32", Uint32Array);
  readonly #took = this.#set.numbers("took_ms", "Float64", Float64Array);
  readonly #fault = this.#set.text("fault");
  readonly #detail = this.#set.text("detail");
  readonly sets = [this.#set];

  constructor() {
    super(Delivery);
  }

  protected takeValue(delivery: Delivery, sequence: number, epoch: number): void {
    // How far a route is matters to whoever carries on, and to nobody later.
    if (delivery.state === "passed") return;
    const row = this.#set.begin("", { epoch, sequence, index: 0 });
    this.#time.setMicrosAsNanos(row, Math.round(delivery.timeMs * US_PER_MS));
    this.#route.append(delivery.route);
    this.#state.append(delivery.state);
    this.#alertId.append(delivery.alertId ?? "");
    this.#alertState.append(delivery.alertState ?? "");
    this.#alertSequence.set(row, delivery.alertSequence ?? 0);
    this.#key.append(delivery.key ?? "");
    this.#attempt.values[row] = delivery.attempt ?? 0;
    this.#took.values[row] = delivery.tookMs ?? NaN;
    this.#fault.append(delivery.fault?.code ?? "");
    this.#detail.append(delivery.fault?.detail ?? "");
  }
}

export class TruthRows extends JsonRows<TruthLabel> {
  readonly #set = new RowSet("truth");
  readonly #time = this.#set.time("time");
  readonly #id = this.#set.text("id");
  readonly #kind = this.#set.text("kind");
  readonly #benign = this.#set.numbers("benign", "UInt8", Uint8Array);
  readonly #complete = this.#set.time("complete_time");
  readonly #end = this.#set.time("end_time");
  readonly #subtlety = this.#set.numbers("subtlety", "Float64", Float64Array);
  readonly #parameters = this.#set.text("parameters");
  readonly sets = [this.#set];

  constructor() {
    super(TruthLabel);
  }

  protected takeValue(label: TruthLabel, sequence: number, epoch: number): void {
    const row = this.#set.begin(label.pair, { epoch, sequence, index: 0 });
    this.#time.setMicrosAsNanos(row, label.startUs);
    this.#id.append(label.id);
    this.#kind.append(label.kind);
    this.#benign.values[row] = Number(label.benign);
    this.#complete.setMicrosAsNanos(row, label.completeUs);
    this.#end.setMicrosAsNanos(row, label.endUs);
    this.#subtlety.values[row] = label.subtlety;
    this.#parameters.append(JSON.stringify(label.parameters));
  }
}
