-- Cases: how bad each is and which other pairs it speaks of; the newest message of each as a view; and what simulated markets were
-- made to do.

ALTER TABLE anomalies ADD COLUMN IF NOT EXISTS severity LowCardinality(String) DEFAULT 'warning' AFTER score;

ALTER TABLE anomalies ADD COLUMN IF NOT EXISTS others String DEFAULT '' COMMENT 'Further pairs, comma-separated' AFTER sentence;

ALTER TABLE anomalies ADD INDEX IF NOT EXISTS case_id id TYPE bloom_filter(0.01) GRANULARITY 1;

CREATE VIEW IF NOT EXISTS cases AS
SELECT
  pair, kind, id, start_time,
  argMax(phase, (epoch, seq)) AS phase,
  argMax(time, (epoch, seq)) AS end_time,
  argMax(score, (epoch, seq)) AS score,
  argMax(severity, (epoch, seq)) AS severity,
  argMax(evidence, (epoch, seq)) AS evidence,
  argMax(sentence, (epoch, seq)) AS sentence,
  argMax(others, (epoch, seq)) AS others,
  argMax(sequence_first, (epoch, seq)) AS sequence_first,
  argMax(sequence_last, (epoch, seq)) AS sequence_last,
  argMax(detector_version, (epoch, seq)) AS detector_version,
  count() AS messages
FROM anomalies
GROUP BY pair, kind, id, start_time;

CREATE TABLE IF NOT EXISTS truth (
  pair LowCardinality(String),
  epoch UInt32 COMMENT 'When the log was created, seconds: sequences count within it',
  seq UInt64 COMMENT 'Sequence in the log' CODEC(Delta, ZSTD(1)),
  idx UInt16 COMMENT 'Entry of that message' CODEC(ZSTD(1)),
  time DateTime64(9, 'UTC') COMMENT 'Event time of the first action' CODEC(DoubleDelta, ZSTD(1)),
  id String,
  kind LowCardinality(String),
  benign UInt8 COMMENT '1 where nothing should be raised for it',
  complete_time DateTime64(9, 'UTC') COMMENT 'When the evidence is complete',
  end_time DateTime64(9, 'UTC'),
  subtlety Float64,
  parameters String COMMENT 'JSON object of named numbers',
  archived_at DateTime('UTC') DEFAULT now() CODEC(DoubleDelta, ZSTD(1)),
  INDEX seq_range seq TYPE minmax GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (pair, time, seq, idx)
TTL archived_at + INTERVAL 400 DAY;
