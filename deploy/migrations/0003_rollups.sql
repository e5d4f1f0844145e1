-- Roll-ups by second and by minute, filled by materialised views as rows arrive.
-- `seq_max` is the newest log sequence in a bucket: the archiver finds by it what a broken insert may have touched.
-- First and last go by event time, then by place in the log: one number of 128 bits, six times cheaper to compare than a tuple.

CREATE TABLE IF NOT EXISTS quotes_1s (
  pair LowCardinality(String),
  bucket DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
  epoch UInt32,
  open AggregateFunction(argMin, Float64, UInt128),
  high SimpleAggregateFunction(max, Float64),
  low SimpleAggregateFunction(min, Float64),
  close AggregateFunction(argMax, Float64, UInt128),
  first_time SimpleAggregateFunction(min, DateTime64(9, 'UTC')),
  last_time SimpleAggregateFunction(max, DateTime64(9, 'UTC')),
  spread_sum SimpleAggregateFunction(sum, Float64),
  count SimpleAggregateFunction(sum, UInt64),
  seq_max SimpleAggregateFunction(max, UInt64),
  INDEX seq_range seq_max TYPE minmax GRANULARITY 1
) ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMMDD(bucket)
ORDER BY (pair, bucket, epoch);

CREATE MATERIALIZED VIEW IF NOT EXISTS quotes_1s_view TO quotes_1s AS
SELECT
  pair,
  toDateTime(toStartOfSecond(time), 'UTC') AS bucket,
  epoch,
  argMinState((bid + ask) / 2, bitOr(bitShiftLeft(toUInt128(toUnixTimestamp64Nano(time)), 64), toUInt128(seq * 65536 + idx))) AS open,
  max((bid + ask) / 2) AS high,
  min((bid + ask) / 2) AS low,
  argMaxState((bid + ask) / 2, bitOr(bitShiftLeft(toUInt128(toUnixTimestamp64Nano(time)), 64), toUInt128(seq * 65536 + idx))) AS close,
  min(time) AS first_time,
  max(time) AS last_time,
  sum(ask - bid) AS spread_sum,
  count() AS count,
  max(seq) AS seq_max
FROM quotes
WHERE isFinite(bid + ask)
GROUP BY pair, bucket, epoch;

CREATE TABLE IF NOT EXISTS quotes_1m (
  pair LowCardinality(String),
  bucket DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
  epoch UInt32,
  open AggregateFunction(argMin, Float64, UInt128),
  high SimpleAggregateFunction(max, Float64),
  low SimpleAggregateFunction(min, Float64),
  close AggregateFunction(argMax, Float64, UInt128),
  first_time SimpleAggregateFunction(min, DateTime64(9, 'UTC')),
  last_time SimpleAggregateFunction(max, DateTime64(9, 'UTC')),
  spread_sum SimpleAggregateFunction(sum, Float64),
  count SimpleAggregateFunction(sum, UInt64),
  seq_max SimpleAggregateFunction(max, UInt64),
  INDEX seq_range seq_max TYPE minmax GRANULARITY 1
) ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (pair, bucket, epoch);

CREATE MATERIALIZED VIEW IF NOT EXISTS quotes_1m_view TO quotes_1m AS
SELECT
  pair,
  toStartOfMinute(toDateTime(time, 'UTC')) AS bucket,
  epoch,
  argMinState((bid + ask) / 2, bitOr(bitShiftLeft(toUInt128(toUnixTimestamp64Nano(time)), 64), toUInt128(seq * 65536 + idx))) AS open,
  max((bid + ask) / 2) AS high,
  min((bid + ask) / 2) AS low,
  argMaxState((bid + ask) / 2, bitOr(bitShiftLeft(toUInt128(toUnixTimestamp64Nano(time)), 64), toUInt128(seq * 65536 + idx))) AS close,
  min(time) AS first_time,
  max(time) AS last_time,
  sum(ask - bid) AS spread_sum,
  count() AS count,
  max(seq) AS seq_max
FROM quotes
WHERE isFinite(bid + ask)
GROUP BY pair, bucket, epoch;

CREATE TABLE IF NOT EXISTS trades_1s (
  pair LowCardinality(String),
  bucket DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
  epoch UInt32,
  open AggregateFunction(argMin, Float64, UInt128),
  high SimpleAggregateFunction(max, Float64),
  low SimpleAggregateFunction(min, Float64),
  close AggregateFunction(argMax, Float64, UInt128),
  first_time SimpleAggregateFunction(min, DateTime64(9, 'UTC')),
  last_time SimpleAggregateFunction(max, DateTime64(9, 'UTC')),
  volume SimpleAggregateFunction(sum, Float64),
  buy_volume SimpleAggregateFunction(sum, Float64),
  count SimpleAggregateFunction(sum, UInt64),
  seq_max SimpleAggregateFunction(max, UInt64),
  INDEX seq_range seq_max TYPE minmax GRANULARITY 1
) ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMMDD(bucket)
ORDER BY (pair, bucket, epoch);

CREATE MATERIALIZED VIEW IF NOT EXISTS trades_1s_view TO trades_1s AS
SELECT
  pair,
  toDateTime(toStartOfSecond(time), 'UTC') AS bucket,
  epoch,
  argMinState(price, bitOr(bitShiftLeft(toUInt128(toUnixTimestamp64Nano(time)), 64), toUInt128(seq * 65536 + idx))) AS open,
  max(price) AS high,
  min(price) AS low,
  argMaxState(price, bitOr(bitShiftLeft(toUInt128(toUnixTimestamp64Nano(time)), 64), toUInt128(seq * 65536 + idx))) AS close,
  min(time) AS first_time,
  max(time) AS last_time,
  sum(size) AS volume,
  sumIf(size, side = 'buy') AS buy_volume,
  count() AS count,
  max(seq) AS seq_max
FROM trades
WHERE isFinite(price)
GROUP BY pair, bucket, epoch;

CREATE TABLE IF NOT EXISTS trades_1m (
  pair LowCardinality(String),
  bucket DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
  epoch UInt32,
  open AggregateFunction(argMin, Float64, UInt128),
  high SimpleAggregateFunction(max, Float64),
  low SimpleAggregateFunction(min, Float64),
  close AggregateFunction(argMax, Float64, UInt128),
  first_time SimpleAggregateFunction(min, DateTime64(9, 'UTC')),
  last_time SimpleAggregateFunction(max, DateTime64(9, 'UTC')),
  volume SimpleAggregateFunction(sum, Float64),
  buy_volume SimpleAggregateFunction(sum, Float64),
  count SimpleAggregateFunction(sum, UInt64),
  seq_max SimpleAggregateFunction(max, UInt64),
  INDEX seq_range seq_max TYPE minmax GRANULARITY 1
) ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (pair, bucket, epoch);

CREATE MATERIALIZED VIEW IF NOT EXISTS trades_1m_view TO trades_1m AS
SELECT
  pair,
  toStartOfMinute(toDateTime(time, 'UTC')) AS bucket,
  epoch,
  argMinState(price, bitOr(bitShiftLeft(toUInt128(toUnixTimestamp64Nano(time)), 64), toUInt128(seq * 65536 + idx))) AS open,
  max(price) AS high,
  min(price) AS low,
  argMaxState(price, bitOr(bitShiftLeft(toUInt128(toUnixTimestamp64Nano(time)), 64), toUInt128(seq * 65536 + idx))) AS close,
  min(time) AS first_time,
  max(time) AS last_time,
  sum(size) AS volume,
  sumIf(size, side = 'buy') AS buy_volume,
  count() AS count,
  max(seq) AS seq_max
FROM trades
WHERE isFinite(price)
GROUP BY pair, bucket, epoch;

CREATE TABLE IF NOT EXISTS metrics_1s (
  pair LowCardinality(String),
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
ORDER BY (pair, name, bucket, epoch);

CREATE MATERIALIZED VIEW IF NOT EXISTS metrics_1s_view TO metrics_1s AS
SELECT
  pair, name,
  toDateTime(toStartOfSecond(time), 'UTC') AS bucket,
  epoch,
  sum(value) AS value_sum,
  min(value) AS value_min,
  max(value) AS value_max,
  count() AS count,
  max(seq) AS seq_max
FROM metrics
WHERE isFinite(value)
GROUP BY pair, name, bucket, epoch;

CREATE TABLE IF NOT EXISTS metrics_1m (
  pair LowCardinality(String),
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
ORDER BY (pair, name, bucket, epoch);

CREATE MATERIALIZED VIEW IF NOT EXISTS metrics_1m_view TO metrics_1m AS
SELECT
  pair, name,
  toStartOfMinute(toDateTime(time, 'UTC')) AS bucket,
  epoch,
  sum(value) AS value_sum,
  min(value) AS value_min,
  max(value) AS value_max,
  count() AS count,
  max(seq) AS seq_max
FROM metrics
WHERE isFinite(value)
GROUP BY pair, name, bucket, epoch;
