//go:build race

package processor

// raceOn: the tests run under the race detector.
const raceOn = true
