-- Which sessions of a site have rows. Asked of every table that holds sessions.
SELECT DISTINCT hex(session)
FROM $table
WHERE day IN {days:Array(Date)} AND site = {site:String}
  AND session IN (SELECT toFixedString(unhex(arrayJoin({sessions:Array(String)})), 16))
