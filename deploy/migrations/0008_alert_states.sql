-- Alerts: what holds of each beside what its message says.

ALTER TABLE alerts ADD COLUMN IF NOT EXISTS acknowledged_by String DEFAULT '' COMMENT 'Who has acknowledged it' AFTER disposition;

ALTER TABLE alerts ADD COLUMN IF NOT EXISTS escalated UInt8 DEFAULT 0 CODEC(ZSTD(1)) AFTER acknowledged_by;

ALTER TABLE alerts ADD COLUMN IF NOT EXISTS muted UInt8 DEFAULT 0 CODEC(ZSTD(1)) AFTER escalated;

ALTER TABLE alerts ADD COLUMN IF NOT EXISTS routes String DEFAULT '*' COMMENT 'Where it is sent, separated by commas; * is by the usual routes' AFTER muted;
