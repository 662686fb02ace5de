-- Proofs of consent, newest first. A batch that was moved to another day's session may have left its proof twice.
SELECT key, at, state, version, url
FROM consents FINAL
WHERE $visible(consents)
  AND ({key:String} = '' OR key = toFixedString(unhex({key:String}), 16))
  AND at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  AND ({after_key:String} = ''
       OR (at, key) < (fromUnixTimestamp64Milli({after:Int64}, 'UTC'), toFixedString(unhex({after_key:String}), 16)))
ORDER BY at DESC, key DESC
LIMIT 1 BY key
LIMIT {limit:UInt32}
