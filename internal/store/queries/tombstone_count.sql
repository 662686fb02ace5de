SELECT count() FROM tombstones
