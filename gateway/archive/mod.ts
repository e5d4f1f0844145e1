/**
 * The archive: logs into ClickHouse tables, exactly once.
 *
 * @module
 */
export { archiveReport, archiveTask } from "./archive_task.ts";
export { Archiver, type ArchiverOptions, type ArchiverStats, FLUSH_INTERVAL_MS, type Rows } from "./archiver.ts";
export { ClickHouse, ClickHouseAwayError, type ClickHouseOptions } from "./clickhouse.ts";
export { type ArchiveFence, FenceLostError } from "./fence.ts";
export { AlertRows, AnomalyRows, DeliveryRows, MetricRows, TruthRows, USUAL_ROUTES } from "./json_rows.ts";
export { MarketRows } from "./market_rows.ts";
export { migrate, type Migration, readMigrations, SchemaError, verifyTables } from "./migrate.ts";
export { BLOCK_ROWS_MAX, RowSet } from "./row_set.ts";
