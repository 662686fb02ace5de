-- In how many sessions one path was viewed on one day. What does not fit into the memory named here goes to disk: told
-- apart in memory alone, a few million take more than the engine has.
SELECT count()
FROM
(
    SELECT session
    FROM page_hits FINAL
    WHERE day = {day:Date} AND site = {site:String} AND path = unhex({key:String}) AND kind = 'view'
    GROUP BY session
)
SETTINGS max_threads = 1, max_bytes_before_external_group_by = 67108864, compile_expressions = 0, compile_aggregate_expressions = 0
