-- The sessions of recent days of which anything is stored. One that is being erased counts as well: who asks wants to
-- know of which sessions there is certainly nothing.
SELECT DISTINCT site, session
FROM batches
WHERE day >= {since:Date}
LIMIT {limit:UInt64}
SETTINGS optimize_distinct_in_order = 1
