package api

import (
	"bufio"
	"net/http"
)

// eventWriter writes events as they come: as one JSON array, or one a line.
// Nothing is sent before the first event, so that an error until then still
// gets its problem document.
type eventWriter struct {
	w     http.ResponseWriter
	buf   *bufio.Writer
	lines bool
	begun bool
}

func newEventWriter(w http.ResponseWriter, lines bool) *eventWriter {
	return &eventWriter{w: w, buf: bufio.NewWriterSize(w, 64<<10), lines: lines}
}

func (e *eventWriter) begin() {
	e.begun = true
	media := "application/json"
	if e.lines {
		media = linesType
	}
	e.w.Header().Set("Content-Type", media)
	e.w.Header().Add("Vary", "Accept")
	e.w.WriteHeader(http.StatusOK)
	if !e.lines {
		e.put("[")
	}
}

// put leaves the error to the end: bufio keeps it.
func (e *eventWriter) put(text string) { _, _ = e.buf.WriteString(text) }

func (e *eventWriter) write(event []byte) error {
	switch {
	case !e.begun:
		e.begin()
	case !e.lines:
		e.put(",\n")
	}
	_, err := e.buf.Write(event)
	if e.lines {
		e.put("\n")
	}
	return err
}

func (e *eventWriter) end() error {
	if !e.begun {
		e.begin()
	}
	if !e.lines {
		e.put("]\n")
	}
	return e.buf.Flush()
}
