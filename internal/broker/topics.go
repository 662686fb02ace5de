package broker

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"hindsight/internal/eventlog"
)

// ensureTopics makes the topics before anybody else can, and sets at every
// start what the log's safety hangs on: hindsight.events has no retention (it
// would delete acknowledged records that are not stored yet) and small segments.
func (b *Broker) ensureTopics(ctx context.Context) error {
	segment := strconv.FormatInt(b.cfg.SegmentBytes, 10)
	limit := strconv.Itoa(eventlog.MaxMessageBytes)
	retention := strconv.FormatInt(b.cfg.DeadLetterRetention.Milliseconds(), 10)
	topics := []struct {
		name       string
		partitions int
		configs    map[string]string
	}{
		{eventlog.TopicEvents, b.cfg.Partitions, map[string]string{
			"retention.ms": "-1", "retention.bytes": "-1", "segment.bytes": segment, "max.message.bytes": limit,
		}},
		{eventlog.TopicDeadLetter, b.cfg.DeadLetterPartitions, map[string]string{
			"retention.ms": retention, "segment.bytes": segment, "max.message.bytes": limit,
		}},
	}
	for _, t := range topics {
		if err := b.admin.createTopic(ctx, t.name, t.partitions); err != nil {
			return err
		}
		if err := b.admin.configureTopic(ctx, t.name, t.configs); err != nil {
			return err
		}
	}
	return nil
}

func (a *admin) createTopic(ctx context.Context, name string, partitions int) error {
	req := kmsg.NewPtrCreateTopicsRequest()
	rt := kmsg.NewCreateTopicsRequestTopic()
	rt.Topic, rt.NumPartitions, rt.ReplicationFactor = name, int32(partitions), 1
	req.Topics = append(req.Topics, rt)
	res, err := req.RequestWith(ctx, a.client)
	if err != nil {
		return fmt.Errorf("make topic %s: %w", name, err)
	}
	for _, t := range res.Topics {
		if err := kerr.ErrorForCode(t.ErrorCode); err != nil && !errors.Is(err, kerr.TopicAlreadyExists) {
			return fmt.Errorf("make topic %s: %w", name, err)
		}
	}
	return nil
}

func (a *admin) configureTopic(ctx context.Context, name string, configs map[string]string) error {
	req := kmsg.NewPtrIncrementalAlterConfigsRequest()
	rr := kmsg.NewIncrementalAlterConfigsRequestResource()
	rr.ResourceType, rr.ResourceName = kmsg.ConfigResourceTypeTopic, name
	for k, v := range configs {
		rc := kmsg.NewIncrementalAlterConfigsRequestResourceConfig()
		rc.Name, rc.Value, rc.Op = k, &v, kmsg.IncrementalAlterConfigOpSet
		rr.Configs = append(rr.Configs, rc)
	}
	req.Resources = append(req.Resources, rr)
	res, err := req.RequestWith(ctx, a.client)
	if err != nil {
		return fmt.Errorf("configure topic %s: %w", name, err)
	}
	for _, r := range res.Resources {
		if err := kerr.ErrorForCode(r.ErrorCode); err != nil {
			return fmt.Errorf("configure topic %s: %w", name, err)
		}
	}
	return nil
}
