-- Alerts: when each was opened, how many cases it stands for, and what people did to it.

ALTER TABLE alerts ADD COLUMN IF NOT EXISTS opened_time DateTime64(9, 'UTC') COMMENT 'Event time of what opened it' CODEC(DoubleDelta, ZSTD(1)) AFTER time;

ALTER TABLE alerts ADD COLUMN IF NOT EXISTS cases UInt32 DEFAULT 1 COMMENT 'Cases that it stands for' CODEC(ZSTD(1)) AFTER anomaly_id;

ALTER TABLE alerts ADD COLUMN IF NOT EXISTS person String DEFAULT '' COMMENT 'Who did it' AFTER cases;

ALTER TABLE alerts ADD COLUMN IF NOT EXISTS assignee String DEFAULT '' AFTER person;

ALTER TABLE alerts ADD COLUMN IF NOT EXISTS comment String DEFAULT '' AFTER assignee;

ALTER TABLE alerts ADD COLUMN IF NOT EXISTS disposition LowCardinality(String) DEFAULT '' AFTER comment;
