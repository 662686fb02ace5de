-- Marks that nothing has crossed out. What is half a pair already merged away sums up all the same. Marks of whole days
-- past retention come last: they may wait for ever, and nothing may wait behind them.
SELECT what, site, day, hex(key), mark
FROM derive_marks
GROUP BY what, site, day, key, mark
HAVING sum(sign) > 0
ORDER BY what = 'session' AND key = '', what, site, day, key, mark
LIMIT {share:UInt64} BY site
LIMIT {limit:UInt64}
SETTINGS compile_expressions = 0, compile_aggregate_expressions = 0, compile_sort_description = 0
