-- What the actors say: metrics as one row for each value, anomalies and alerts as one row for each message.

CREATE TABLE IF NOT EXISTS metrics (
  pair LowCardinality(String),
  epoch UInt32 COMMENT 'When the log was created, seconds: sequences count within it',
  seq UInt64 COMMENT 'Sequence in the log' CODEC(Delta, ZSTD(1)),
  idx UInt16 COMMENT 'Entry of that message' CODEC(ZSTD(1)),
  time DateTime64(9, 'UTC') COMMENT 'Event time' CODEC(DoubleDelta, ZSTD(1)),
  name LowCardinality(String),
  value Float64 CODEC(Gorilla, ZSTD(1)),
  archived_at DateTime('UTC') DEFAULT now() CODEC(DoubleDelta, ZSTD(1)),
  INDEX seq_range seq TYPE minmax GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toYYYYMMDD(time)
ORDER BY (pair, name, time, seq, idx)
TTL archived_at + INTERVAL 400 DAY;

CREATE TABLE IF NOT EXISTS anomalies (
  pair LowCardinality(String),
  epoch UInt32 COMMENT 'When the log was created, seconds: sequences count within it',
  seq UInt64 COMMENT 'Sequence in the log' CODEC(Delta, ZSTD(1)),
  idx UInt16 COMMENT 'Entry of that message' CODEC(ZSTD(1)),
  time DateTime64(9, 'UTC') COMMENT 'Event time' CODEC(DoubleDelta, ZSTD(1)),
  id String,
  kind LowCardinality(String),
  phase LowCardinality(String),
  start_time DateTime64(9, 'UTC'),
  score Float64,
  evidence String COMMENT 'JSON object of named numbers',
  sentence String,
  sequence_first UInt64,
  sequence_last UInt64,
  detector_version UInt32,
  archived_at DateTime('UTC') DEFAULT now() CODEC(DoubleDelta, ZSTD(1)),
  INDEX seq_range seq TYPE minmax GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toYYYYMMDD(time)
ORDER BY (pair, time, seq, idx)
TTL archived_at + INTERVAL 5 YEAR;

CREATE TABLE IF NOT EXISTS alerts (
  pair LowCardinality(String),
  epoch UInt32 COMMENT 'When the log was created, seconds: sequences count within it',
  seq UInt64 COMMENT 'Sequence in the log' CODEC(Delta, ZSTD(1)),
  idx UInt16 COMMENT 'Entry of that message' CODEC(ZSTD(1)),
  time DateTime64(9, 'UTC') COMMENT 'Event time' CODEC(DoubleDelta, ZSTD(1)),
  id String,
  kind LowCardinality(String),
  severity LowCardinality(String),
  state LowCardinality(String),
  rule LowCardinality(String),
  score Float64,
  sentence String,
  anomaly_id String,
  archived_at DateTime('UTC') DEFAULT now() CODEC(DoubleDelta, ZSTD(1)),
  INDEX seq_range seq TYPE minmax GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toYYYYMMDD(time)
ORDER BY (pair, time, seq, idx)
TTL archived_at + INTERVAL 5 YEAR;
