package api

import "testing"

// FuzzCursor: what a client makes up is refused or names a place, and a place that is written is read again.
func FuzzCursor(f *testing.F) {
	f.Add("MTc5NTM1OTU3NDQzOCA1MTJiN2YyNzBkNzA5MzcyYmJhYzc2N2M3ZmRkZWZkMg")
	f.Add("LTEg")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		place, ok := readCursor(text)
		if !ok {
			return
		}
		if again, ok := readCursor(writeCursor(place)); !ok || !again.StartedAt.Equal(place.StartedAt) || again.Session != place.Session {
			t.Errorf("%+v came back as %+v", place, again)
		}
	})
}
