package storetest_test

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/internal/store"
	"hindsight/internal/store/storetest"
)

// bruteSessions computes the sessions table from the records themselves, with
// loops and nothing of SQL.
func bruteSessions(records []*store.Record) map[string]storetest.Row {
	bySession := map[string][]*store.Record{}
	for _, r := range records {
		key := r.Site + "/" + hexID(r.Session)
		bySession[key] = append(bySession[key], r)
	}
	out := map[string]storetest.Row{}
	for key, list := range bySession {
		out[key] = bruteSession(list)
	}
	return out
}

type placedView struct {
	*store.ViewRow
	r *store.Record
}

func bruteSession(list []*store.Record) storetest.Row {
	byFirst := slices.Clone(list)
	slices.SortFunc(byFirst, func(a, b *store.Record) int {
		return cmp.Or(cmp.Compare(a.Batch.FirstAt, b.Batch.FirstAt), comparePlace(a, b))
	})
	byLast := slices.Clone(list)
	slices.SortFunc(byLast, func(a, b *store.Record) int {
		return cmp.Or(cmp.Compare(a.Batch.LastAt, b.Batch.LastAt), comparePlace(a, b))
	})
	var views []placedView
	sums := map[string]uint64{}
	tabs, documents, paths := map[uint64]bool{}, map[[16]byte]uint32{}, map[string]bool{}
	visitor, country, demo := [16]byte{}, "", 0
	known, refused := 0, 0
	for _, r := range byFirst {
		b := &r.Batch
		sums["clicks"] += uint64(b.Clicks)
		sums["scrolls"] += uint64(b.Scrolls)
		sums["keystrokes"] += uint64(b.Keystrokes)
		sums["errors"] += uint64(b.Errors)
		sums["customs"] += uint64(b.Custom)
		sums["gaps"] += uint64(b.Gaps)
		sums["replay_events"] += uint64(b.ReplayEvents)
		sums["replay_bytes"] += uint64(b.ReplayBytes)
		tabs[b.Tab], paths[b.Path] = true, true
		documents[r.Document] = max(documents[r.Document], r.Sequence)
		if visitor == ([16]byte{}) {
			visitor = b.Visitor
		}
		if b.Country != "" {
			known++
		}
		if b.ReplayState == store.ReplayRefused {
			refused++
		}
		country = cmp.Or(country, b.Country)
		if b.Flags&2 != 0 {
			demo = 1
		}
		for i := range r.Views {
			views = append(views, placedView{&r.Views[i], r})
		}
	}
	slices.SortFunc(views, func(a, b placedView) int {
		return cmp.Or(cmp.Compare(a.At, b.At), comparePlace(a.r, b.r), cmp.Compare(a.Index, b.Index))
	})
	missing := -len(list)
	for _, h := range documents {
		missing += int(h)
	}
	first, last := byFirst[0], byLast[len(byLast)-1]
	row := storetest.Row{
		"day": first.Day().Format(time.DateOnly), "site": first.Site, "session": hexID(first.Session), "visitor": hexID(visitor),
		"started_at": stamp(first.Batch.FirstAt), "ended_at": stamp(last.Batch.LastAt),
		"duration_ms": strconv.FormatInt(last.Batch.LastAt-first.Batch.FirstAt, 10),
		"pages":       num(len(views)), "documents": num(len(documents)), "tabs": num(len(tabs)), "batches": num(len(list)),
		"missing": num(min(missing, 100_000)), "paths": pathList(paths), "country": country, "demo": num(demo),
		"entry_path": first.Batch.Path, "exit_path": last.Batch.Path,
		"referrer": "", "language": "", "time_zone": "", "screen_w": "0", "screen_h": "0", "viewport_w": "0", "viewport_h": "0",
		"refused": num(refused),
		"browser": first.Batch.Browser, "browser_version": first.Batch.BrowserVersion, "os": first.Batch.OS, "os_version": first.Batch.OSVersion,
		"device": first.Batch.Device, "empty": "0",
	}
	for name, sum := range sums {
		row[name] = strconv.FormatUint(sum, 10)
	}
	bruteViews(row, views)
	facts := bruteMarks(row, list, views)
	row["version"] = num(len(list) + len(views) + known + 2*refused + facts)
	return row
}

func bruteViews(row storetest.Row, views []placedView) {
	if len(views) == 0 {
		return
	}
	first, last := views[0], views[len(views)-1]
	row["entry_path"], row["exit_path"] = first.Path, last.Path
	row["referrer"], row["language"], row["time_zone"] = first.Referrer, first.Language, first.TimeZone
	row["screen_w"], row["screen_h"] = num(int(first.ScreenW)), num(int(first.ScreenH))
	row["viewport_w"], row["viewport_h"] = num(int(first.ViewportW)), num(int(first.ViewportH))
	for _, v := range views {
		if v.Browser == "" && v.OS == "" {
			continue
		}
		if v.Browser != "" {
			row["browser"], row["browser_version"] = v.Browser, v.BrowserVersion
		}
		if v.OS != "" {
			row["os"], row["os_version"] = v.OS, v.OSVersion
		}
		break
	}
}

// brutePages computes page_days the same way.
func brutePages(records []*store.Record) map[string]storetest.Row {
	type page struct {
		day, site, path    string
		views, hits        int
		sessions, visitors map[[16]byte]bool
		loads              []float64
	}
	pages := map[string]*page{}
	for _, r := range records {
		for _, h := range r.Hits {
			day := r.Day().Format(time.DateOnly)
			key := r.Site + "/" + day + h.Path
			p := pages[key]
			if p == nil {
				p = &page{day: day, site: r.Site, path: h.Path, sessions: map[[16]byte]bool{}, visitors: map[[16]byte]bool{}}
				pages[key] = p
			}
			p.hits++
			if h.Kind == store.HitLoad {
				p.loads = append(p.loads, h.MS)
				continue
			}
			p.views++
			p.sessions[r.Session] = true
			if h.Visitor != ([16]byte{}) {
				p.visitors[h.Visitor] = true
			}
		}
	}
	out := map[string]storetest.Row{}
	for key, p := range pages {
		row := storetest.Row{
			"day": p.day, "site": p.site, "path": p.path, "views": num(p.views), "sessions": num(len(p.sessions)), "visitors": num(len(p.visitors)),
			"loads": num(len(p.loads)), "load_avg_ms": "0", "load_p50_ms": "0", "load_p75_ms": "0", "version": num(p.hits), "empty": "0",
		}
		if n := len(p.loads); n > 0 {
			slices.Sort(p.loads)
			micros := 0
			for _, ms := range p.loads {
				micros += int(ms*1000 + 0.5)
			}
			row["load_avg_ms"] = float(float64(micros) / float64(n) / 1000)
			row["load_p50_ms"] = float(p.loads[n/2])
			row["load_p75_ms"] = float(p.loads[int(0.75*float64(n))])
		}
		out[key] = row
	}
	return out
}

func comparePlace(a, b *store.Record) int {
	return cmp.Or(bytes.Compare(a.Document[:], b.Document[:]), cmp.Compare(a.Sequence, b.Sequence))
}

func hexID(id [16]byte) string { return strings.ToUpper(hex.EncodeToString(id[:])) }
func num(n int) string         { return strconv.Itoa(n) }
func float(f float64) string   { return strconv.FormatFloat(f, 'f', -1, 64) }
func stamp(ms int64) string    { return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04:05.000") }

func pathList(set map[string]bool) string {
	var list []string
	for p := range set {
		list = append(list, fmt.Sprintf("'%s'", p))
	}
	slices.Sort(list)
	return "[" + strings.Join(list, ",") + "]"
}
