-- Every page of a day of a site that has raw rows or a derived one.
SELECT path FROM page_hits WHERE site = {site:String} AND day = {day:Date}
UNION DISTINCT
SELECT path FROM page_days WHERE site = {site:String} AND day = {day:Date}
