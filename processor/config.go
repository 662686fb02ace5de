package processor

import "time"

// Config sets how much the processor takes on at a time.
type Config struct {
	// FlushInterval is how long records are gathered after the first; up to ten
	// times as long while the processor is behind. Default 300 ms.
	FlushInterval time.Duration
	// FlushRecords and FlushBytes (of the rows made of frames, and of frames that
	// nothing could be made of) end gathering earlier. Defaults 16,000 and 80 MiB:
	// an insert costs the store milliseconds for each table, however few rows it
	// has, so that a processor that is behind catches up faster by large ones
	// (docs/scaling.md).
	FlushRecords int
	FlushBytes   int
	// RetryLeast and RetryMost bound the pause after the store failed.
	// Defaults 100 ms and 5 s.
	RetryLeast, RetryMost time.Duration
	// ErasurePause is how long orders to erase visitors wait at least after others
	// were carried out; more where that took long. Default 2 s.
	ErasurePause time.Duration
	// LetterBytes is how much of a site's frames dead letters keep in a day, and at
	// once; below 0 there is no limit. Default 64 MiB.
	LetterBytes int
	// StopTimeout is how long a stopping processor may take to store and commit
	// what it has in hand. Default 8 s.
	StopTimeout time.Duration
}

// DefaultConfig is what every zero field of a Config stands for.
func DefaultConfig() Config {
	return Config{
		FlushInterval: 300 * time.Millisecond,
		FlushRecords:  16000,
		FlushBytes:    80 << 20,
		RetryLeast:    100 * time.Millisecond,
		RetryMost:     5 * time.Second,
		ErasurePause:  2 * time.Second,
		LetterBytes:   64 << 20,
		StopTimeout:   8 * time.Second,
	}
}

func (c Config) withDefaults() Config {
	d := DefaultConfig()
	setDefault(&c.FlushInterval, d.FlushInterval)
	setDefault(&c.FlushRecords, d.FlushRecords)
	setDefault(&c.FlushBytes, d.FlushBytes)
	setDefault(&c.RetryLeast, d.RetryLeast)
	setDefault(&c.RetryMost, d.RetryMost)
	setDefault(&c.ErasurePause, d.ErasurePause)
	setDefault(&c.LetterBytes, d.LetterBytes)
	setDefault(&c.StopTimeout, d.StopTimeout)
	return c
}

func setDefault[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}
