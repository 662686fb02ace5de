package conformance

import "testing"

// tables makes a table with everything that the schema of this program uses.
func (s *suite) tables(t *testing.T) {
	conn := s.in(t)
	s.exec(t, conn, `
		CREATE TABLE shop (
			site      LowCardinality(String),
			session   FixedString(16) CODEC(ZSTD(3)),
			at        DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
			day       Date MATERIALIZED toDate(at),
			kind      Enum8('click' = 1, 'move' = 2),
			x         UInt16 CODEC(T64, LZ4),
			y         Float32 CODEC(Gorilla, LZ4),
			note      Nullable(String),
			tags      Array(LowCardinality(String)),
			facts     Map(LowCardinality(String), String),
			payload   String CODEC(NONE),
			INDEX by_session session TYPE bloom_filter GRANULARITY 1,
			PROJECTION per_kind (SELECT kind, count() GROUP BY kind)
		) ENGINE = MergeTree
		PARTITION BY toYYYYMMDD(at)
		ORDER BY (site, session, at)
		TTL toDateTime(at) + INTERVAL 365 DAY
		SETTINGS index_granularity = 512`)
	s.exec(t, conn, `INSERT INTO shop (site, session, at, kind, x, y, note, tags, facts, payload)
		SELECT 'a', unhex('00112233445566778899aabbccddeeff'), now64(3), 'click', 7, 0.5, NULL, ['p','q'], map('k','v'), 'z'`)
	s.want(t, conn, "('a','00112233445566778899AABBCCDDEEFF',7,NULL,['p','q'],{'k':'v'},1)",
		"SELECT toString((site, hex(session), x, note, tags, facts, day = today())) FROM shop")
	s.want(t, conn, "click 1", "SELECT concat(toString(kind), ' ', toString(count())) FROM shop GROUP BY kind")
}

// replacing: storing a row again changes nothing that FINAL shows.
func (s *suite) replacing(t *testing.T) {
	conn := s.in(t)
	s.exec(t, conn, `CREATE TABLE raw (day Date, id UInt64, version UInt64, v String)
		ENGINE = ReplacingMergeTree(version) PARTITION BY day ORDER BY id`)
	for range 3 {
		s.exec(t, conn, "INSERT INTO raw SELECT toDate('2026-01-01') + number % 3, number, 1, 'old' FROM numbers(30)")
	}
	s.exec(t, conn, "INSERT INTO raw SELECT toDate('2026-01-01') + number % 3, number, 2, 'new' FROM numbers(10)")
	s.exec(t, conn, "INSERT INTO raw SELECT toDate('2026-01-01') + number % 3, number, 1, 'late' FROM numbers(10)")
	s.want(t, conn, "30 10 0", `SELECT concat(toString(count()), ' ', toString(countIf(v = 'new')), ' ', toString(countIf(v = 'late')))
		FROM raw FINAL SETTINGS do_not_merge_across_partitions_select_final = 1`)
	s.exec(t, conn, "OPTIMIZE TABLE raw FINAL")
	s.want(t, conn, "30", "SELECT toString(count()) FROM raw")
}

func (s *suite) collapsing(t *testing.T) {
	conn := s.in(t)
	s.exec(t, conn, "CREATE TABLE collapsing (id UInt64, n UInt32, sign Int8) ENGINE = CollapsingMergeTree(sign) ORDER BY id")
	s.exec(t, conn, "INSERT INTO collapsing VALUES (1, 5, 1), (2, 6, 1)")
	s.exec(t, conn, "INSERT INTO collapsing VALUES (1, 5, -1), (1, 8, 1)")
	s.want(t, conn, "(1,8)|(2,6)", "SELECT toString((id, n)) FROM collapsing FINAL ORDER BY id")
	s.want(t, conn, "14", "SELECT toString(sum(n * sign)) FROM collapsing")
}

// aggregates: states written by a materialized view and by hand, read merged.
func (s *suite) aggregates(t *testing.T) {
	conn := s.in(t)
	s.exec(t, conn, "CREATE TABLE hits (page String, visitor UInt64, ms UInt32) ENGINE = MergeTree ORDER BY page")
	s.exec(t, conn, `CREATE TABLE per_page (page String, visitors AggregateFunction(uniqExact, UInt64),
		slow AggregateFunction(quantile(0.5), UInt32), hits SimpleAggregateFunction(sum, UInt64))
		ENGINE = AggregatingMergeTree ORDER BY page`)
	s.exec(t, conn, `CREATE MATERIALIZED VIEW hits_per_page TO per_page AS
		SELECT page, uniqExactState(visitor) AS visitors, quantileState(0.5)(ms) AS slow, count() AS hits FROM hits GROUP BY page`)
	s.exec(t, conn, "INSERT INTO hits SELECT 'p' || toString(number % 2), number % 10, number FROM numbers(100)")
	s.exec(t, conn, "INSERT INTO per_page SELECT 'p0', uniqExactState(toUInt64(99)), quantileState(0.5)(toUInt32(1)), 1")
	s.want(t, conn, "('p0',6,51)|('p1',5,50)",
		"SELECT toString((page, uniqExactMerge(visitors), sum(hits))) FROM per_page GROUP BY page ORDER BY page")
	s.want(t, conn, "50", "SELECT toString(quantileMerge(0.5)(slow)) FROM per_page WHERE page = 'p1'")
}
