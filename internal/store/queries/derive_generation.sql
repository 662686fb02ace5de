SELECT count() FROM erasures
