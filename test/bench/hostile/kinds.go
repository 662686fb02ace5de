package hostile

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gorilla/websocket"
)

// mischief is one way to misuse a connection; it is called at each of the
// connection's turns.
type mischief struct {
	name string
	mute bool // says no hello
	do   func(a *attack) error
}

// mischiefs are what the limits are for. Where one ends the connection, the next
// turn makes another. The last three are within the limits, and work for who
// stands behind the collector.
var mischiefs = []mischief{
	{name: "garbage", do: func(a *attack) error {
		return a.ws.WriteMessage(websocket.BinaryMessage, []byte(strings.Repeat("\xaa", 300)))
	}},
	{name: "a section that inflates to 4 GiB", do: spoiled(func(f []byte) { binary.LittleEndian.PutUint32(f[72:], math.MaxUint32) })},
	{name: "sessions of 1970 and of 2149", do: spoiled(func(f []byte) {
		day := f[9] & 1 * 0xff
		f[8], f[9] = day, day
	})},
	{name: "sequences out of order", do: spoiled(func(f []byte) { f[64], f[65] = 7, f[10] })},
	{name: "a frame of 16 MB", do: func(a *attack) error {
		_, err := a.ws.NetConn().Write([]byte{0x82, 0xff, 0, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4, 5})
		return err
	}},
	{name: "a byte now and then", do: func(a *attack) error {
		if a.turn == 0 { // 800,000 bytes are announced
			_, err := a.ws.NetConn().Write([]byte{0x82, 0xff, 0, 0, 0, 0, 0, 0x0c, 0x35, 0, 1, 2, 3, 4})
			return err
		}
		_, err := a.ws.NetConn().Write([]byte{5})
		return err
	}},
	{name: "a flood of pings", do: func(a *attack) error {
		_, err := a.ws.NetConn().Write([]byte(strings.Repeat("\x89\x80\x01\x02\x03\x04", 101)))
		return err
	}},
	{name: "a hello that is none", do: func(a *attack) error {
		return a.ws.WriteMessage(websocket.TextMessage, []byte(strings.Repeat("[", 2000)))
	}},
	{name: "text that is not UTF-8", do: func(a *attack) error {
		return a.ws.WriteMessage(websocket.TextMessage, []byte("\xff\xfe\x80"))
	}},
	{name: "silence", mute: true, do: func(*attack) error { return nil }},
	{name: "a visitor that has itself erased", do: erased},
	{name: "a frame that becomes a dead letter", do: undecodable},
	{name: "a frame that inflates a lot", do: inflating},
}

// kindsOf are those of which a name holds one of these texts.
func kindsOf(only []string) ([]mischief, error) {
	if len(only) == 0 {
		return mischiefs, nil
	}
	var kinds []mischief
	for _, m := range mischiefs {
		if slices.ContainsFunc(only, func(part string) bool { return strings.Contains(m.name, part) }) {
			kinds = append(kinds, m)
		}
	}
	if len(kinds) == 0 {
		return nil, fmt.Errorf("no kind of mischief is named like %q", only)
	}
	return kinds, nil
}

// spoiled sends a frame that is good but for one thing.
func spoiled(spoil func(frame []byte)) func(*attack) error {
	return func(a *attack) error {
		frame, err := GoodFrame(1 << 10)
		if err == nil {
			spoil(frame)
			err = a.ws.WriteMessage(websocket.BinaryMessage, frame)
		}
		return err
	}
}
