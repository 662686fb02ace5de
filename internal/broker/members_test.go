package broker_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"

	"hindsight/internal/broker"
)

const lostGroup = "lost"

// joiner is a member of a group that does each step by hand.
type joiner struct {
	t          *testing.T
	client     *kgo.Client
	id         string
	generation int32
}

// newJoiner speaks JoinGroup up to a version: from 4 on a member is told its id before it waits for the others, before
// that only with the answer.
func newJoiner(t *testing.T, b *broker.Broker, joinVersion int16) *joiner {
	t.Helper()
	versions := kversion.V3_5_0()
	versions.SetMaxKeyVersion(kmsg.JoinGroup.Int16(), joinVersion)
	client, err := kgo.NewClient(
		kgo.SeedBrokers("embedded:9092"), kgo.MaxVersions(versions), kgo.DisableClientMetrics(),
		kgo.Dialer(func(ctx context.Context, _, _ string) (net.Conn, error) { return b.Dial(ctx) }),
	)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return &joiner{t: t, client: client}
}

// join waits for the group; it returns who is in it, to the leader.
func (j *joiner) join(ctx context.Context) ([]string, error) {
	for {
		req := kmsg.NewPtrJoinGroupRequest()
		req.Group, req.MemberID, req.ProtocolType = lostGroup, j.id, "consumer"
		req.SessionTimeoutMillis, req.RebalanceTimeoutMillis = 1000, 60_000
		protocol := kmsg.NewJoinGroupRequestProtocol()
		protocol.Name = "range"
		req.Protocols = append(req.Protocols, protocol)
		res, err := req.RequestWith(ctx, j.client)
		if err != nil {
			return nil, err
		}
		j.id = res.MemberID
		if err := kerr.ErrorForCode(res.ErrorCode); errors.Is(err, kerr.MemberIDRequired) {
			continue
		} else if err != nil {
			return nil, err
		}
		j.generation = res.Generation
		var ids []string
		for _, m := range res.Members {
			ids = append(ids, m.MemberID)
		}
		return ids, nil
	}
}

// lead joins and tells every member of it.
func (j *joiner) lead(ctx context.Context) []string {
	j.t.Helper()
	ids, err := j.join(ctx)
	if err != nil {
		j.t.Fatal(err)
	}
	req := kmsg.NewPtrSyncGroupRequest()
	req.Group, req.MemberID, req.Generation = lostGroup, j.id, j.generation
	for _, id := range ids {
		a := kmsg.NewSyncGroupRequestGroupAssignment()
		a.MemberID, a.MemberAssignment = id, []byte("share")
		req.GroupAssignment = append(req.GroupAssignment, a)
	}
	res, err := req.RequestWith(ctx, j.client)
	if err == nil {
		err = kerr.ErrorForCode(res.ErrorCode)
	}
	if err != nil {
		j.t.Fatal(err)
	}
	return ids
}

// rebalancing beats until the group asks for another join.
func (j *joiner) rebalancing(ctx context.Context) {
	j.t.Helper()
	for {
		req := kmsg.NewPtrHeartbeatRequest()
		req.Group, req.MemberID, req.Generation = lostGroup, j.id, j.generation
		res, err := req.RequestWith(ctx, j.client)
		if err != nil {
			j.t.Fatalf("the group goes on with a member that is gone: %v", err)
		}
		if err := kerr.ErrorForCode(res.ErrorCode); errors.Is(err, kerr.RebalanceInProgress) {
			return
		} else if err != nil {
			j.t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// A member whose connection breaks while its join waits is put out, so that
// somebody else reads its partitions.
func TestLostMemberIsPutOut(t *testing.T) {
	for name, version := range map[string]int16{"its id was known": 5, "nobody knew its id": 2} {
		t.Run(name, func(t *testing.T) { lostMember(t, version) })
	}
}

func lostMember(t *testing.T, joinVersion int16) {
	b := start(t, broker.Config{Dir: t.TempDir()})
	t.Cleanup(func() { stop(t, b) })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()

	stays, goes := newJoiner(t, b, joinVersion), newJoiner(t, b, joinVersion)
	if ids := stays.lead(ctx); len(ids) != 1 {
		t.Fatalf("%d members, not 1", len(ids))
	}
	joining := make(chan error)
	go func() {
		_, err := goes.join(ctx)
		joining <- err
	}()
	stays.rebalancing(ctx)
	goes.client.Close()
	if err := <-joining; err == nil {
		t.Fatal("the join was answered before its connection broke")
	}
	if ids := stays.lead(ctx); len(ids) != 2 {
		t.Fatalf("%d members, not 2: the one that went is not one that was lost", len(ids))
	}
	stays.rebalancing(ctx)
	if ids := stays.lead(ctx); len(ids) != 1 || ids[0] != stays.id {
		t.Fatalf("members %v, not only %s", ids, stays.id)
	}
}
