package chhttp

import (
	"compress/gzip"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/ClickHouse/ch-go/compress"
)

// frameBytes is the most that goes into one compressed frame: the size of a
// server's output buffer.
const frameBytes = 1 << 20

// answer is a response body. Its headers wait for the first byte, so that an
// error that comes earlier is a proper HTTP error.
type answer struct {
	w      http.ResponseWriter
	tag    string
	began  bool
	wantGz bool
	gz     *gzip.Writer
	method compress.Method
	frames *compress.Writer // ClickHouse's own compression; nil without
}

func newAnswer(w http.ResponseWriter, r *http.Request) *answer {
	var tag [8]byte
	_, _ = rand.Read(tag[:]) // never fails, by its contract
	a := &answer{w: w, tag: hex.EncodeToString(tag[:])}
	w.Header().Set("X-ClickHouse-Exception-Tag", a.tag)
	v := r.URL.Query()
	switch {
	case v.Get("compress") == "1":
		a.method = compress.LZ4
		if strings.EqualFold(v.Get("network_compression_method"), "ZSTD") {
			a.method = compress.ZSTD
		}
		a.frames = compress.NewWriter(compress.LevelZero, a.method)
	case strings.Contains(r.Header.Get("Accept-Encoding"), "gzip"):
		a.wantGz = true
	}
	return a
}

// Write sends a part of the result.
func (a *answer) Write(b []byte) (int, error) {
	if !a.began {
		a.began = true
		if a.wantGz {
			a.w.Header().Set("Content-Encoding", "gzip")
			a.gz = gzip.NewWriter(a.w)
		}
		a.w.WriteHeader(http.StatusOK)
	}
	switch {
	case a.gz != nil:
		return a.gz.Write(b)
	case a.frames != nil:
		return len(b), a.writeFrames(a.frames, b)
	}
	return a.w.Write(b)
}

func (a *answer) writeFrames(to *compress.Writer, b []byte) error {
	for len(b) > 0 {
		n := min(len(b), frameBytes)
		if err := to.Compress(b[:n]); err != nil {
			return fmt.Errorf("compress the answer: %w", err)
		}
		if _, err := a.w.Write(to.Data); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// finish ends a good answer, also one without a byte.
func (a *answer) finish() {
	if !a.began {
		a.w.Header().Set("Content-Length", strconv.Itoa(0))
		a.w.WriteHeader(http.StatusOK)
	}
	if a.gz != nil {
		_ = a.gz.Close() // the client is gone; nothing is left to tell it
	}
}

// fail ends the answer with an exception: as an HTTP error when nothing was
// sent yet, else in the body, the way a server frames it.
func (a *answer) fail(err error) {
	e := asException(err)
	if a.began {
		a.failInBody(e.Error())
		return
	}
	h := a.w.Header()
	h.Set("X-ClickHouse-Exception-Code", strconv.Itoa(e.Code))
	h.Set("Content-Type", "text/plain; charset=UTF-8")
	a.w.WriteHeader(e.status())
	_, _ = io.WriteString(a.w, e.Error()+"\n") //nolint:gosec // plain text, and no browser reaches the socket
}

// failInBody writes the framed exception. Among compressed frames it goes into
// one that is stored, not compressed: clickhouse-go looks for the marker in the
// bytes as they came from the wire.
func (a *answer) failInBody(text string) {
	block := fmt.Sprintf("\r\n__exception__\r\n%s\r\n%s\n%d %s\r\n__exception__\r\n", a.tag, text, len(text)+1, a.tag)
	if a.frames != nil {
		_ = a.writeFrames(compress.NewWriter(compress.LevelZero, compress.None), []byte(block))
	} else {
		_, _ = io.WriteString(a, block)
	}
	a.finish()
}
