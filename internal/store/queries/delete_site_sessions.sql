-- The next sessions of a site that are to go; none when all are gone. Asked of every table that holds sessions: of what
-- was stored by half any of them may have the only row.
SELECT DISTINCT hex(session) FROM $table WHERE site = {site:String} LIMIT 10000
