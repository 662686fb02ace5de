SELECT version(), now64(6, 'UTC'), (SELECT count() FROM system.databases WHERE name = {database:String})
