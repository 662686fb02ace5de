SELECT site, toInt8(scope), hex(key), toUnixTimestamp64Milli(until) FROM tombstones
