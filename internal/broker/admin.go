package broker

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
)

// admin does what kafka-go has no call for, from inside the process.
type admin struct{ client *kgo.Client }

func newAdmin(dial func(context.Context) (net.Conn, error)) (*admin, error) {
	client, err := kgo.NewClient(
		kgo.SeedBrokers("embedded:9092"),
		kgo.Dialer(func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) }),
		kgo.DisableClientMetrics(),
		// Newer commits name topics by an id that this code would have to look up.
		kgo.MaxVersions(kversion.V3_5_0()),
	)
	if err != nil {
		return nil, fmt.Errorf("connect to the embedded log from inside: %w", err)
	}
	return &admin{client: client}, nil
}

func (a *admin) close() { a.client.Close() }

// groups lists the consumer groups.
func (a *admin) groups(ctx context.Context) ([]string, error) {
	res, err := kmsg.NewPtrListGroupsRequest().RequestWith(ctx, a.client)
	if err != nil {
		return nil, fmt.Errorf("list groups: %w", err)
	}
	if err := kerr.ErrorForCode(res.ErrorCode); err != nil {
		return nil, fmt.Errorf("list groups: %w", err)
	}
	names := make([]string, 0, len(res.Groups))
	for _, g := range res.Groups {
		names = append(names, g.Group)
	}
	return names, nil
}

// members lists a group's members, and says whether the group is stable.
func (a *admin) members(ctx context.Context, group string) (ids []string, stable bool, err error) {
	req := kmsg.NewPtrDescribeGroupsRequest()
	req.Groups = []string{group}
	res, err := req.RequestWith(ctx, a.client)
	if err != nil {
		return nil, false, fmt.Errorf("describe group %s: %w", group, err)
	}
	for _, g := range res.Groups {
		if err := kerr.ErrorForCode(g.ErrorCode); err != nil {
			return nil, false, fmt.Errorf("describe group %s: %w", group, err)
		}
		stable = g.State == "Stable"
		for _, m := range g.Members {
			ids = append(ids, m.MemberID)
		}
	}
	return ids, stable, nil
}

// leave takes a member out of its group.
func (a *admin) leave(ctx context.Context, group, id string) error {
	req := kmsg.NewPtrLeaveGroupRequest()
	req.Group, req.MemberID = group, id
	m := kmsg.NewLeaveGroupRequestMember()
	m.MemberID = id
	req.Members = append(req.Members, m)
	res, err := req.RequestWith(ctx, a.client)
	if err != nil {
		return fmt.Errorf("put a member out of %s: %w", group, err)
	}
	codes := []int16{res.ErrorCode}
	for _, m := range res.Members {
		codes = append(codes, m.ErrorCode)
	}
	for _, code := range codes {
		if err := kerr.ErrorForCode(code); err != nil {
			return fmt.Errorf("put a member out of %s: %w", group, err)
		}
	}
	return nil
}

// committed returns a group's offsets of a topic, by partition.
func (a *admin) committed(ctx context.Context, group, topic string, partitions int) (map[int32]int64, error) {
	req := kmsg.NewPtrOffsetFetchRequest()
	rg := kmsg.NewOffsetFetchRequestGroup()
	rg.Group = group
	rt := kmsg.NewOffsetFetchRequestGroupTopic()
	rt.Topic = topic
	for p := range int32(partitions) {
		rt.Partitions = append(rt.Partitions, p)
	}
	rg.Topics = append(rg.Topics, rt)
	req.Groups = append(req.Groups, rg)
	res, err := req.RequestWith(ctx, a.client)
	if err != nil {
		return nil, fmt.Errorf("read commits of %s: %w", group, err)
	}
	offsets := make(map[int32]int64)
	for _, g := range res.Groups {
		err := kerr.ErrorForCode(g.ErrorCode)
		if errors.Is(err, kerr.GroupIDNotFound) {
			continue // nobody has read this log yet
		}
		if err != nil {
			return nil, fmt.Errorf("read commits of %s: %w", group, err)
		}
		for _, t := range g.Topics {
			for _, p := range t.Partitions {
				if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
					return nil, fmt.Errorf("read commits of %s: %w", group, err)
				}
				if t.Topic == topic && p.Offset >= 0 {
					offsets[p.Partition] = p.Offset
				}
			}
		}
	}
	return offsets, nil
}

// commit sets one offset of a group that has no members.
func (a *admin) commit(ctx context.Context, group, topic string, partition int32, offset int64) error {
	req := kmsg.NewPtrOffsetCommitRequest()
	req.Group = group
	rt := kmsg.NewOffsetCommitRequestTopic()
	rt.Topic = topic
	rp := kmsg.NewOffsetCommitRequestTopicPartition()
	rp.Partition, rp.Offset = partition, offset
	rt.Partitions = append(rt.Partitions, rp)
	req.Topics = append(req.Topics, rt)
	res, err := req.RequestWith(ctx, a.client)
	if err != nil {
		return fmt.Errorf("commit for %s: %w", group, err)
	}
	for _, t := range res.Topics {
		for _, p := range t.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				return fmt.Errorf("commit for %s: %w", group, err)
			}
		}
	}
	return nil
}

// deleteRecords moves the start of a partition.
func (a *admin) deleteRecords(ctx context.Context, topic string, partition int32, to int64) error {
	req := kmsg.NewPtrDeleteRecordsRequest()
	rt := kmsg.NewDeleteRecordsRequestTopic()
	rt.Topic = topic
	rp := kmsg.NewDeleteRecordsRequestTopicPartition()
	rp.Partition, rp.Offset = partition, to
	rt.Partitions = append(rt.Partitions, rp)
	req.Topics = append(req.Topics, rt)
	res, err := req.RequestWith(ctx, a.client)
	if err != nil {
		return fmt.Errorf("trim %s/%d: %w", topic, partition, err)
	}
	for _, t := range res.Topics {
		for _, p := range t.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				return fmt.Errorf("trim %s/%d: %w", topic, partition, err)
			}
		}
	}
	return nil
}
