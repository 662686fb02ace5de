-- What stored sections have shown as protected fields of the named documents: each node with the first section.
-- A row that lies there twice changes nothing.
WITH keys AS
(
    SELECT key.1 AS site, toFixedString(unhex(key.2), 16) AS session, toFixedString(unhex(key.3), 16) AS document
    FROM (SELECT arrayJoin(arrayZip({sites:Array(String)}, {sessions:Array(String)}, {documents:Array(String)})) AS key)
)
SELECT site, hex(session), hex(document), node, min(sequence) AS first
FROM protected_fields
ARRAY JOIN nodes AS node
WHERE day IN {days:Array(Date)} AND (site, session, document) IN (SELECT site, session, document FROM keys)
GROUP BY site, session, document, node
ORDER BY first, node
LIMIT {most:UInt32} BY site, session, document
