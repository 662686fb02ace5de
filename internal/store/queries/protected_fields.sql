-- What stored sections have shown as protected fields in the named sessions; protected.go finds the documents and the
-- first section of each node. A row that lies there twice changes nothing.
SELECT site, session, document, sequence, nodes
FROM protected_fields
WHERE day IN {days:Array(Date)} AND site IN {sites:Array(String)}
    AND session IN (SELECT toFixedString(unhex(arrayJoin({sessions:Array(String)})), 16))
SETTINGS compile_expressions = 0, compile_aggregate_expressions = 0, compile_sort_description = 0
