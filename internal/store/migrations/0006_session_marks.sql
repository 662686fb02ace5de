-- What a session was like: how long somebody was there, and what went wrong (store/derive.go says what each means).
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS active_ms UInt64 AFTER duration_ms;
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS rages UInt32 AFTER customs;
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS deads UInt32 AFTER rages;
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS quick_backs UInt32 AFTER deads;
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS gap_ms UInt64 AFTER gaps;
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS gap_reasons Map(String, UInt64) AFTER gap_ms;
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS refused UInt32 AFTER gap_reasons;

-- A quick return is one in the same tab.
ALTER TABLE page_views ADD COLUMN IF NOT EXISTS tab UInt64 AFTER view;

-- Sessions that were derived before have to be derived anew.
INSERT INTO derive_marks SELECT 'session', site, day, session, rand64(), 1 FROM sessions FINAL WHERE batches > 0;
