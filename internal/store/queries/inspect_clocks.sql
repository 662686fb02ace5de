-- The middle of the visitors' clock offsets, one a document, over sessions of yesterday and today: no person's clock,
-- but what most of them agree on.
SELECT if(count() = 0, 0, quantileExact(0.5)(toFloat64(offset))), count()
FROM
(
    SELECT any(clock_offset_ms) AS offset
    FROM batches
    WHERE day >= today() - 1 AND offset_source = 'handshake' AND bitAnd(flags, 2) = 0
    GROUP BY site, session, document
    LIMIT 100000
)
