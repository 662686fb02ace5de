-- A new version of a token; the newest wins.
INSERT INTO api_tokens (id, hash, name, scope, created_at, revoked, version)
SELECT {id:String}, unhex({hash:String}), {name:String}, {scope:String},
       fromUnixTimestamp64Milli({created_at:Int64}, 'UTC'), {revoked:UInt8}, {version:UInt64}
