package conformance

import "testing"

// changes: deletes, partitions, columns, renames.
func (s *suite) changes(t *testing.T) {
	conn := s.in(t)
	s.exec(t, conn, "CREATE TABLE mut (day Date, n UInt64, s String) ENGINE = MergeTree PARTITION BY day ORDER BY n")
	s.exec(t, conn, "INSERT INTO mut SELECT toDate('2026-01-01') + number % 3, number, 'v' FROM numbers(30)")

	s.exec(t, conn, "DELETE FROM mut WHERE n < 3") // lightweight
	s.want(t, conn, "27", "SELECT toString(count()) FROM mut")
	s.exec(t, conn, "ALTER TABLE mut DELETE WHERE n < 6 SETTINGS mutations_sync = 1")
	s.want(t, conn, "24", "SELECT toString(count()) FROM mut")
	s.exec(t, conn, "ALTER TABLE mut UPDATE s = 'w' WHERE n = 6 SETTINGS mutations_sync = 1")
	s.want(t, conn, "1", "SELECT toString(countIf(s = 'w')) FROM mut")
	s.exec(t, conn, "ALTER TABLE mut DROP PARTITION '2026-01-02'")
	s.want(t, conn, "2026-01-01|2026-01-03", "SELECT DISTINCT toString(day) AS d FROM mut ORDER BY d")
	s.exec(t, conn, "ALTER TABLE mut ADD COLUMN extra UInt8 DEFAULT 5")
	s.want(t, conn, "80", "SELECT toString(sum(extra)) FROM mut")
	s.exec(t, conn, "ALTER TABLE mut MODIFY COLUMN s LowCardinality(String) SETTINGS mutations_sync = 1")
	s.exec(t, conn, "CREATE TABLE other AS mut")
	s.exec(t, conn, "EXCHANGE TABLES mut AND other")
	s.want(t, conn, "0 16", "SELECT concat(toString((SELECT count() FROM mut)), ' ', toString((SELECT count() FROM other)))")
	s.exec(t, conn, "RENAME TABLE other TO kept")
	s.exec(t, conn, "TRUNCATE TABLE kept")
	s.exec(t, conn, "DROP TABLE kept SYNC")
	s.want(t, conn, "0", "SELECT toString(count()) FROM system.tables WHERE database = currentDatabase() AND name IN ('kept', 'other')")

	s.exec(t, conn, `CREATE TABLE projected (n UInt64, k UInt8, PROJECTION p (SELECT k, count() GROUP BY k)) ENGINE = MergeTree ORDER BY n
		SETTINGS lightweight_mutation_projection_mode = 'rebuild'`)
	s.exec(t, conn, "INSERT INTO projected SELECT number, number % 2 FROM numbers(10)")
	s.exec(t, conn, "DELETE FROM projected WHERE n = 1")
	s.want(t, conn, "4", "SELECT toString(count()) FROM projected WHERE k = 1")
}
