package broker

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"hindsight/internal/eventlog"
)

// maintain trims the log and applies the dead letters' retention on a timer.
func (b *Broker) maintain(ctx context.Context) {
	t := time.NewTicker(b.cfg.TrimEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		if err := b.Trim(ctx); err != nil && ctx.Err() == nil {
			b.metrics.failed.WithLabelValues("trim").Inc()
			b.log.Warn("embedded log cannot be trimmed", zap.Error(err))
		}
		// kfake's own timer runs hourly and not at all after a restart. It
		// touches topics with a retention only: hindsight.events has none.
		b.cluster.ApplyRetention()
	}
}

// Trim lets go of segments whose records the group has committed, never of the
// last two with records in them. It runs on a timer; tests call it.
//
// Why two: kfake does not write down where a partition begins. After a kill it
// begins at its first segment file, and with none left at offset 0, where
// committed offsets mean other records. The last file may be a segment that was
// opened and not yet written to, so the one before it must stay as well.
func (b *Broker) Trim(ctx context.Context) error {
	infos := b.cluster.PartitionInfos(eventlog.TopicEvents)
	committed, err := b.admin.committed(ctx, b.cfg.Group, eventlog.TopicEvents, len(infos))
	if err != nil {
		return err
	}
	for _, info := range infos {
		at, ok := committed[info.Partition]
		if !ok || at <= info.LogStartOffset {
			continue
		}
		segments, err := b.segments(eventlog.TopicEvents, info.Partition)
		if err != nil {
			return err
		}
		to := trimTarget(segments, min(at, info.HighWatermark), time.Now().Add(-b.cfg.KeepFor))
		if to <= info.LogStartOffset {
			continue
		}
		if err := b.admin.deleteRecords(ctx, eventlog.TopicEvents, info.Partition, to); err != nil {
			return err
		}
		b.metrics.trimmed.Add(float64(to - info.LogStartOffset))
	}
	return nil
}

// segment is a segment file of a partition.
type segment struct {
	base    int64
	size    int64
	written time.Time
}

// trimTarget returns the offset below which a partition may go: the base of a
// segment, at most committed, with two segments that hold records from there
// on, and nothing below it written after youngest. -1 if nothing may go.
func trimTarget(segments []segment, committed int64, youngest time.Time) int64 {
	filled := slices.DeleteFunc(slices.Clone(segments), func(s segment) bool { return s.size == 0 })
	slices.SortFunc(filled, func(a, b segment) int { return int(min(1, max(-1, a.base-b.base))) })
	to := int64(-1)
	for i := 0; i+2 <= len(filled); i++ {
		if filled[i].base > committed {
			break
		}
		to = filled[i].base
		if filled[i].written.After(youngest) {
			break // it may not go, so nothing above it either
		}
	}
	return to
}

// segments lists the segment files of a partition as kfake names them.
func (b *Broker) segments(topic string, partition int32) ([]segment, error) {
	dir := filepath.Join(b.dataDir(), "partitions", fmt.Sprintf("%s-%d", url.PathEscape(topic), partition))
	entries, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list segments: %w", err)
	}
	var found []segment
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".dat")
		if !ok {
			continue
		}
		base, err := strconv.ParseInt(name, 10, 64)
		if err != nil {
			continue
		}
		info, err := e.Info()
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("list segments: %w", err)
		}
		found = append(found, segment{base: base, size: info.Size(), written: info.ModTime()})
	}
	return found, nil
}
