-- How far each log is archived: everything up to `seq` is in its tables. Written after the rows; the newest mark counts.
CREATE TABLE IF NOT EXISTS archive_progress (
  stream LowCardinality(String),
  epoch UInt32,
  seq UInt64,
  written_at DateTime64(9, 'UTC') DEFAULT now64(9)
) ENGINE = ReplacingMergeTree(written_at)
ORDER BY (stream, epoch);

-- Buckets of roll-ups that an insert left in doubt: listed before they are rebuilt, forgotten after.
CREATE TABLE IF NOT EXISTS archive_repair (
  rollup LowCardinality(String),
  pair LowCardinality(String),
  name LowCardinality(String),
  bucket DateTime('UTC'),
  epoch UInt32
) ENGINE = MergeTree
ORDER BY (rollup, epoch, pair, name, bucket);
