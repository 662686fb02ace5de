package broker

import (
	"context"
	"fmt"

	"go.uber.org/zap"

	"hindsight/internal/eventlog"
)

// checkCommits compares what groups committed with what the log holds, before
// anybody may write. A commit past the end means that the log lost its place (a
// partition trimmed to its end and then killed begins at 0 again): left alone,
// the group would not see the records up to there. It is put back to the first
// record; storing again is harmless.
func (b *Broker) checkCommits(ctx context.Context) error {
	infos := b.cluster.PartitionInfos(eventlog.TopicEvents)
	if len(infos) == 0 {
		return fmt.Errorf("check commits: topic %s is not there", eventlog.TopicEvents)
	}
	groups, err := b.admin.groups(ctx)
	if err != nil {
		return fmt.Errorf("check commits: %w", err)
	}
	for _, group := range groups {
		offsets, err := b.admin.committed(ctx, group, eventlog.TopicEvents, len(infos))
		if err != nil {
			return fmt.Errorf("check commits: %w", err)
		}
		for _, info := range infos {
			at, ok := offsets[info.Partition]
			if !ok {
				continue
			}
			var reason string
			switch {
			case at > info.HighWatermark:
				reason = "after_end"
			case at < info.LogStartOffset:
				reason = "before_start"
			default:
				continue
			}
			b.metrics.resets.WithLabelValues(reason).Inc()
			b.log.Error("a commit lies outside the embedded log; its group begins again at the log's first record",
				zap.String("group", group), zap.Int32("partition", info.Partition), zap.String("reason", reason),
				zap.Int64("committed", at), zap.Int64("log_start", info.LogStartOffset), zap.Int64("log_end", info.HighWatermark))
			if err := b.admin.commit(ctx, group, eventlog.TopicEvents, info.Partition, info.LogStartOffset); err != nil {
				return fmt.Errorf("check commits: %w", err)
			}
		}
	}
	return nil
}
