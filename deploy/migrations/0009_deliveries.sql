-- What became of alerts along their routes, one row for each attempt that was told of.

CREATE TABLE IF NOT EXISTS deliveries (
  pair LowCardinality(String) COMMENT 'Always empty: deliveries are of alerts',
  epoch UInt32 COMMENT 'When the log was created, seconds: sequences count within it',
  seq UInt64 COMMENT 'Sequence in the log' CODEC(Delta, ZSTD(1)),
  idx UInt16 COMMENT 'Entry of that message' CODEC(ZSTD(1)),
  time DateTime64(9, 'UTC') COMMENT 'When it was told' CODEC(DoubleDelta, ZSTD(1)),
  route LowCardinality(String),
  state LowCardinality(String),
  alert_id String,
  alert_state LowCardinality(String),
  alert_seq UInt64 COMMENT 'Sequence of the alert in its log' CODEC(Delta, ZSTD(1)),
  key String COMMENT 'Idempotency key',
  attempt UInt32 CODEC(ZSTD(1)),
  took_ms Float64 COMMENT 'NaN where it was not delivered' CODEC(ZSTD(1)),
  fault LowCardinality(String),
  detail String,
  archived_at DateTime('UTC') DEFAULT now() CODEC(DoubleDelta, ZSTD(1)),
  INDEX seq_range seq TYPE minmax GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toYYYYMMDD(time)
ORDER BY (pair, time, seq, idx)
TTL archived_at + INTERVAL 5 YEAR;
