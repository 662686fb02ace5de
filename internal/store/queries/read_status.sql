-- Whether anything has arrived for a site, from the derived rows.
SELECT min(started_at), max(ended_at), count(), countIf(demo = 1), sum(batches)
FROM sessions FINAL
WHERE $visible(data) AND batches > 0
