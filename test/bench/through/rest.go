package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"hindsight/internal/engine"
	"hindsight/internal/rrweb"
	"hindsight/internal/store"
	"hindsight/internal/wire"
)

// rest is what the store holds of the sessions of a flood, and what it could be held against.
type rest struct {
	Minutes    float64 `json:"minutes"`         // from a visit's first event to its last
	Recordings uint64  `json:"recording_bytes"` // on disk, recording_chunks with its keys and marks
	All        uint64  `json:"store_bytes"`     // every table of rows
	Zipped     int64   `json:"gzip_bytes"`      // the events of each frame as rrweb's JSON, by gzip at its level 6
}

// atRest asks the engine how much of the disk its tables take. Visits are played many times over, which makes what is
// compressed by columns smaller than it will be; payloads of recordings are stored as they are, so for them it does not.
func atRest(ctx context.Context, s *server, d *driver) (got rest, err error) {
	socket, err := engine.FindSocket(filepath.Join(s.dir, "store"))
	if err != nil {
		return got, err
	}
	db, err := store.Open(ctx, store.Config{DSN: "unix://" + socket})
	if err != nil {
		return got, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	const sizes = `SELECT sumIf(bytes_on_disk, table = 'recording_chunks'), sum(bytes_on_disk) FROM system.parts WHERE active AND database = currentDatabase()`
	if err := db.Conn().QueryRow(ctx, sizes).Scan(&got.Recordings, &got.All); err != nil {
		return got, fmt.Errorf("ask for the sizes of tables: %w", err)
	}
	zipped := make([]int64, len(d.visits))
	for i, v := range d.visits {
		if zipped[i], err = v.zipped(); err != nil {
			return got, err
		}
	}
	for _, p := range d.played {
		got.Zipped += zipped[p.visit]
		got.Minutes += float64(d.visits[p.visit].lasted) / 60_000
	}
	return got, nil
}

// zipped is how many bytes the events of all frames take as rrweb's JSON, an array a frame, each compressed by gzip -6.
// Definitions of style sheets are not among them: the store has those once for a site.
func (v *visit) zipped() (all int64, err error) {
	var reader rrweb.Reader
	for i := range v.frames {
		if len(v.frames[i].replay) == 0 {
			continue
		}
		section, err := reader.Read(v.frames[i].replay, wire.MaxReplay)
		if err != nil {
			return 0, err
		}
		size, err := gzipped(section)
		if err != nil {
			return 0, err
		}
		all += size
	}
	return all, nil
}

func gzipped(section rrweb.Section) (int64, error) {
	text := []byte{'['}
	for i := range section.Events {
		e := &section.Events[i]
		if _, is, _ := e.Sheet(); is {
			continue
		}
		if len(text) > 1 {
			text = append(text, ',')
		}
		text = append(text, section.Text[e.Start:e.Start+e.Size]...)
	}
	var out bytes.Buffer
	zip, err := gzip.NewWriterLevel(&out, 6)
	if err != nil {
		return 0, err
	}
	if _, err := zip.Write(append(text, ']')); err != nil {
		return 0, err
	}
	if err := zip.Close(); err != nil {
		return 0, err
	}
	return int64(out.Len()), nil
}
