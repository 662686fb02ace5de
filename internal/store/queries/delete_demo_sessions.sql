SELECT DISTINCT hex(session) FROM batches WHERE site = {site:String} AND bitAnd(flags, 2) != 0
