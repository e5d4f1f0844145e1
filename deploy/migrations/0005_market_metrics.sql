-- What the market actor says across pairs: one row for each value. What a value is of stands in three columns, those that it has
-- none for empty: a correlation is of two pairs in the order of the alphabet, a triangle of its direct pair and its two legs, a
-- strength of a currency.

CREATE TABLE IF NOT EXISTS market_metrics (
  pair LowCardinality(String) COMMENT 'First pair of two, direct pair of a triangle, or the currency',
  pair_b LowCardinality(String) COMMENT 'Second pair of two, or first leg',
  pair_c LowCardinality(String) COMMENT 'Second leg',
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
ORDER BY (pair, pair_b, pair_c, name, time, seq, idx)
TTL archived_at + INTERVAL 90 DAY;

CREATE TABLE IF NOT EXISTS market_metrics_1s (
  pair LowCardinality(String),
  pair_b LowCardinality(String),
  pair_c LowCardinality(String),
  name LowCardinality(String),
  bucket DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
  epoch UInt32,
  value_sum SimpleAggregateFunction(sum, Float64),
  value_min SimpleAggregateFunction(min, Float64),
  value_max SimpleAggregateFunction(max, Float64),
  count SimpleAggregateFunction(sum, UInt64),
  seq_max SimpleAggregateFunction(max, UInt64),
  INDEX seq_range seq_max TYPE minmax GRANULARITY 1
) ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMMDD(bucket)
ORDER BY (pair, pair_b, pair_c, name, bucket, epoch);

CREATE MATERIALIZED VIEW IF NOT EXISTS market_metrics_1s_view TO market_metrics_1s AS
SELECT
  pair, pair_b, pair_c, name,
  toDateTime(toStartOfSecond(time), 'UTC') AS bucket,
  epoch,
  sum(value) AS value_sum,
  min(value) AS value_min,
  max(value) AS value_max,
  count() AS count,
  max(seq) AS seq_max
FROM market_metrics
WHERE isFinite(value)
GROUP BY pair, pair_b, pair_c, name, bucket, epoch;

CREATE TABLE IF NOT EXISTS market_metrics_1m (
  pair LowCardinality(String),
  pair_b LowCardinality(String),
  pair_c LowCardinality(String),
  name LowCardinality(String),
  bucket DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
  epoch UInt32,
  value_sum SimpleAggregateFunction(sum, Float64),
  value_min SimpleAggregateFunction(min, Float64),
  value_max SimpleAggregateFunction(max, Float64),
  count SimpleAggregateFunction(sum, UInt64),
  seq_max SimpleAggregateFunction(max, UInt64),
  INDEX seq_range seq_max TYPE minmax GRANULARITY 1
) ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (pair, pair_b, pair_c, name, bucket, epoch);

CREATE MATERIALIZED VIEW IF NOT EXISTS market_metrics_1m_view TO market_metrics_1m AS
SELECT
  pair, pair_b, pair_c, name,
  toStartOfMinute(toDateTime(time, 'UTC')) AS bucket,
  epoch,
  sum(value) AS value_sum,
  min(value) AS value_min,
  max(value) AS value_max,
  count() AS count,
  max(seq) AS seq_max
FROM market_metrics
WHERE isFinite(value)
GROUP BY pair, pair_b, pair_c, name, bucket, epoch;
