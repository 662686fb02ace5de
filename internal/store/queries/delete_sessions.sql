DELETE FROM $table
WHERE site = {site:String} AND day IN {days:Array(Date)}
  AND session IN (SELECT toFixedString(unhex(arrayJoin({sessions:Array(String)})), 16))
