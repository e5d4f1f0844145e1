-- Market events, one row each. Rows age by when they were archived, not by event time: a replay of an old recording stays.
-- NaN is an absent number.

CREATE TABLE IF NOT EXISTS quotes (
  pair LowCardinality(String),
  epoch UInt32 COMMENT 'When the log was created, seconds: sequences count within it',
  seq UInt64 COMMENT 'Sequence in the log' CODEC(Delta, ZSTD(1)),
  idx UInt16 COMMENT 'Entry of that message' CODEC(ZSTD(1)),
  time DateTime64(9, 'UTC') COMMENT 'Event time' CODEC(DoubleDelta, ZSTD(1)),
  receive_time DateTime64(9, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  source UInt32 CODEC(ZSTD(1)),
  flags UInt16 CODEC(ZSTD(1)),
  bid Float64 CODEC(Gorilla, ZSTD(1)),
  ask Float64 CODEC(Gorilla, ZSTD(1)),
  bid_size Float64 CODEC(Gorilla, ZSTD(1)),
  ask_size Float64 CODEC(Gorilla, ZSTD(1)),
  archived_at DateTime('UTC') DEFAULT now() CODEC(DoubleDelta, ZSTD(1)),
  INDEX seq_range seq TYPE minmax GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toYYYYMMDD(time)
ORDER BY (pair, time, seq, idx)
TTL archived_at + INTERVAL 90 DAY;

CREATE TABLE IF NOT EXISTS levels (
  pair LowCardinality(String),
  epoch UInt32 COMMENT 'When the log was created, seconds: sequences count within it',
  seq UInt64 COMMENT 'Sequence in the log' CODEC(Delta, ZSTD(1)),
  idx UInt16 COMMENT 'Entry of that message' CODEC(ZSTD(1)),
  time DateTime64(9, 'UTC') COMMENT 'Event time' CODEC(DoubleDelta, ZSTD(1)),
  receive_time DateTime64(9, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  source UInt32 CODEC(ZSTD(1)),
  flags UInt16 CODEC(ZSTD(1)),
  side Enum8('clear' = 0, 'bid' = 1, 'ask' = 2) CODEC(ZSTD(1)),
  price Float64 CODEC(Gorilla, ZSTD(1)),
  size Float64 COMMENT '0 removes the level' CODEC(Gorilla, ZSTD(1)),
  archived_at DateTime('UTC') DEFAULT now() CODEC(DoubleDelta, ZSTD(1)),
  INDEX seq_range seq TYPE minmax GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toYYYYMMDD(time)
ORDER BY (pair, time, seq, idx)
TTL archived_at + INTERVAL 30 DAY;

CREATE TABLE IF NOT EXISTS trades (
  pair LowCardinality(String),
  epoch UInt32 COMMENT 'When the log was created, seconds: sequences count within it',
  seq UInt64 COMMENT 'Sequence in the log' CODEC(Delta, ZSTD(1)),
  idx UInt16 COMMENT 'Entry of that message' CODEC(ZSTD(1)),
  time DateTime64(9, 'UTC') COMMENT 'Event time' CODEC(DoubleDelta, ZSTD(1)),
  receive_time DateTime64(9, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  source UInt32 CODEC(ZSTD(1)),
  flags UInt16 CODEC(ZSTD(1)),
  side Enum8('unknown' = 0, 'buy' = 1, 'sell' = 2) COMMENT 'Of the aggressor' CODEC(ZSTD(1)),
  price Float64 CODEC(Gorilla, ZSTD(1)),
  size Float64 CODEC(Gorilla, ZSTD(1)),
  buyer UInt64 COMMENT '0 is unknown' CODEC(ZSTD(1)),
  seller UInt64 COMMENT '0 is unknown' CODEC(ZSTD(1)),
  archived_at DateTime('UTC') DEFAULT now() CODEC(DoubleDelta, ZSTD(1)),
  INDEX seq_range seq TYPE minmax GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toYYYYMMDD(time)
ORDER BY (pair, time, seq, idx)
TTL archived_at + INTERVAL 400 DAY;

CREATE TABLE IF NOT EXISTS orders (
  pair LowCardinality(String),
  epoch UInt32 COMMENT 'When the log was created, seconds: sequences count within it',
  seq UInt64 COMMENT 'Sequence in the log' CODEC(Delta, ZSTD(1)),
  idx UInt16 COMMENT 'Entry of that message' CODEC(ZSTD(1)),
  time DateTime64(9, 'UTC') COMMENT 'Event time' CODEC(DoubleDelta, ZSTD(1)),
  receive_time DateTime64(9, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  source UInt32 CODEC(ZSTD(1)),
  flags UInt16 CODEC(ZSTD(1)),
  side Enum8('bid' = 1, 'ask' = 2) CODEC(ZSTD(1)),
  price Float64 CODEC(Gorilla, ZSTD(1)),
  size Float64 COMMENT 'Size that is left, 0 removes the order' CODEC(Gorilla, ZSTD(1)),
  order_id UInt64 CODEC(ZSTD(1)),
  archived_at DateTime('UTC') DEFAULT now() CODEC(DoubleDelta, ZSTD(1)),
  INDEX seq_range seq TYPE minmax GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toYYYYMMDD(time)
ORDER BY (pair, time, seq, idx)
TTL archived_at + INTERVAL 30 DAY;

CREATE TABLE IF NOT EXISTS feed_status (
  pair LowCardinality(String),
  epoch UInt32 COMMENT 'When the log was created, seconds: sequences count within it',
  seq UInt64 COMMENT 'Sequence in the log' CODEC(Delta, ZSTD(1)),
  idx UInt16 COMMENT 'Entry of that message' CODEC(ZSTD(1)),
  time DateTime64(9, 'UTC') COMMENT 'Event time' CODEC(DoubleDelta, ZSTD(1)),
  receive_time DateTime64(9, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  source UInt32 CODEC(ZSTD(1)),
  flags UInt16 CODEC(ZSTD(1)),
  status UInt8 COMMENT '1 connected, 2 disconnected, 3 gap, 4 market open, 5 market closed',
  archived_at DateTime('UTC') DEFAULT now() CODEC(DoubleDelta, ZSTD(1)),
  INDEX seq_range seq TYPE minmax GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toYYYYMMDD(time)
ORDER BY (pair, time, seq, idx)
TTL archived_at + INTERVAL 90 DAY;
