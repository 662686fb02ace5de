-- How many visitors viewed one path on one day; see derive_page_sessions.sql.
SELECT count()
FROM
(
    SELECT visitor
    FROM page_hits FINAL
    WHERE day = {day:Date} AND site = {site:String} AND path = unhex({key:String}) AND kind = 'view'
        AND visitor != toFixedString('', 16)
    GROUP BY visitor
)
SETTINGS max_threads = 1, max_bytes_before_external_group_by = 67108864, compile_expressions = 0, compile_aggregate_expressions = 0
