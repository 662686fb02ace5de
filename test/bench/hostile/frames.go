package hostile

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"hindsight/internal/wire"
)

// header is that of the first batch of somebody's visit that begins now.
func header() wire.Header {
	now := time.Now()
	return wire.Header{
		Consent: wire.ConsentGranted, Session: wire.NewSessionID(wire.DayOf(now)), Document: wire.NewDocumentID(), Tab: wire.TabID{1},
		Sequence: 1, SentAt: float64(now.UnixMilli()),
	}
}

// GoodFrame is the first of a document, as far as its header tells; its section
// is n bytes that make no recording.
func GoodFrame(n int) ([]byte, error) {
	return wire.EncodeFrame(header(), nil, make([]byte, n), wire.CodecNone)
}

// signals is a section that tells of a click.
func signals() []byte {
	return fmt.Appendf(nil, `{"origin":%d,"offset":0,"view":0,"path":"/bench","signals":[{"k":"click","t":1,"el":"body > button","fx":0.5,"fy":0.5,"x":7,"y":20,"vw":1440,"vh":900,"dw":1440,"dh":2000,"ptr":"mouse"}]}`,
		time.Now().UnixMilli())
}

// erased begins a visitor's session and has the visitor forgotten: there is
// something to look for, and something to take away.
func erased(a *attack) error {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	visitor := hex.EncodeToString(id[:])
	h, sum := header(), sha256.Sum256([]byte(visitor))
	copy(h.Visitor[:], sum[:])
	frame, err := wire.EncodeFrame(h, signals(), nil, wire.CodecNone)
	if err == nil {
		err = a.ws.WriteMessage(websocket.BinaryMessage, frame)
	}
	if err != nil {
		return err
	}
	return a.erase(visitor)
}

// erase asks as the tracker does, by a request of its own.
func (a *attack) erase(visitor string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	cfg := &a.siege.cfg
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, cfg.Address+"/v1/erase?site="+cfg.Site, strings.NewReader(`{"visitor":"`+visitor+`"}`))
	if err != nil {
		return err
	}
	r.Header.Set("Origin", cfg.Origin)
	client := http.Client{Transport: &http.Transport{DialContext: a.dial, DisableKeepAlives: true}}
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	if answer.StatusCode == http.StatusAccepted {
		a.siege.erased.Add(1)
	}
	return answer.Body.Close()
}

// undecodable sends a frame whose header is right and whose signals are none.
func undecodable(a *attack) error {
	junk := make([]byte, 1<<10)
	_, _ = rand.Read(junk)
	frame, err := wire.EncodeFrame(header(), junk, nil, wire.CodecNone)
	if err != nil {
		return err
	}
	return a.ws.WriteMessage(websocket.BinaryMessage, frame)
}

// inflating sends 50 KB that are a page of 4 MiB, written out.
func inflating(a *attack) error {
	frame, err := large()
	if err != nil {
		return err
	}
	h := header()
	frame = bytes.Clone(frame)
	const sessionAt, documentAt = 8, 24 // docs/wire-protocol.md, section 3
	copy(frame[sessionAt:], h.Session[:])
	copy(frame[documentAt:], h.Document[:])
	wire.SetSentAt(frame, h.SentAt)
	return a.ws.WriteMessage(websocket.BinaryMessage, frame)
}

const largeFrame, largeSection = 50_000, 4 << 20

// large is the same page for all: making it takes longer than what it is for.
var large = sync.OnceValues(func() ([]byte, error) {
	noise := make([]byte, largeFrame*3/8) // which does not compress, as hexadecimal digits to half
	_, _ = rand.Read(noise)
	var page bytes.Buffer
	fmt.Fprintf(&page, `[{"type":2,"timestamp":%d,"data":{"node":{"type":0,"id":1,"childNodes":[{"type":3,"id":2,"textContent":"%x"}`, time.Now().UnixMilli(), noise)
	const end = `]},"initialOffset":{"left":0,"top":0}}}]`
	for i := 3; page.Len() < largeSection-200; i++ {
		page.WriteString(`,{"type":2,"id":3,"tagName":"td","attributes":{"class":"cell"},"childNodes":[{"type":3,"id":4,"textContent":"0"}]}`)
	}
	page.WriteString(end)
	frame, err := wire.EncodeFrame(header(), signals(), page.Bytes(), wire.CodecDeflateRaw)
	if err == nil && (len(frame) > 2*largeFrame || page.Len() > largeSection) {
		err = errors.New("the large page is too large")
	}
	return frame, err
})
