INSERT INTO erasures SELECT generateUUIDv4(), {site:String}, now64(3)
