package broker

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"
)

// lookForLost is how often lost members are looked for.
const lookForLost = time.Second

// members remembers when each member of a group was heard last. kfake times a
// member out by a timer, but starts none for one whose connection broke while
// its join waited for an answer: that one keeps its share of the partitions for
// ever, and nobody reads them. It is put out here.
type members struct {
	mu      sync.Mutex
	of      map[string]map[string]*member // by group and member id
	longest map[string]time.Duration      // session's time-out that somebody asked for, by group
}

type member struct {
	heard   time.Time
	timeout time.Duration
}

// hears is called by kfake for each request of a key, before it handles it.
func (m *members) hears(request kmsg.Request) (kmsg.Response, error, bool) { //nolint:revive // kfake's signature
	switch r := request.(type) {
	case *kmsg.JoinGroupRequest:
		timeout := time.Duration(r.SessionTimeoutMillis) * time.Millisecond
		m.noteTimeout(r.Group, timeout)
		m.note(r.Group, r.MemberID, timeout)
	case *kmsg.SyncGroupRequest:
		m.note(r.Group, r.MemberID, 0)
	case *kmsg.HeartbeatRequest:
		m.note(r.Group, r.MemberID, 0)
	case *kmsg.OffsetCommitRequest:
		m.note(r.Group, r.MemberID, 0)
	}
	return nil, nil, false
}

// noteTimeout is for those whose id nobody knows yet: older clients are given
// theirs with the answer to their first join.
func (m *members) noteTimeout(group string, timeout time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.longest == nil {
		m.longest = make(map[string]time.Duration)
	}
	m.longest[group] = max(m.longest[group], timeout)
}

func (m *members) note(group, id string, timeout time.Duration) {
	if id == "" {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of[group] == nil {
		m.of[group] = make(map[string]*member)
	}
	one := m.of[group][id]
	if one == nil {
		if timeout == 0 {
			return // it never joined here
		}
		one = &member{}
		m.of[group][id] = one
	}
	one.heard = time.Now()
	if timeout > 0 {
		one.timeout = timeout
	}
}

// lost names the members of a group, stable since then, that are silent for
// twice their time: kfake's own timer comes first where it runs. Who was never
// heard by its id counts as heard now, and has the longest time that somebody in
// the group asked for. What is not among the present is forgotten.
func (m *members) lost(group string, present []string, stable time.Time) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept := make(map[string]*member, len(present))
	var lost []string
	for _, id := range present {
		one := m.of[group][id]
		if one == nil {
			if m.longest[group] > 0 {
				kept[id] = &member{heard: time.Now(), timeout: m.longest[group]}
			}
			continue
		}
		kept[id] = one
		since := one.heard
		if stable.After(since) {
			since = stable
		}
		if time.Since(since) > 2*one.timeout {
			lost = append(lost, id)
		}
	}
	m.of[group] = kept
	return lost
}

// watchMembers puts lost members out of their groups until ctx ends.
func (b *Broker) watchMembers(ctx context.Context) {
	tick := time.NewTicker(lookForLost)
	defer tick.Stop()
	stable := make(map[string]time.Time)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := b.putOut(ctx, stable); err != nil && ctx.Err() == nil {
			b.metrics.failed.WithLabelValues("members").Inc()
			b.log.Warn("groups of the embedded log cannot be looked at", zap.Error(err))
		}
	}
}

// putOut looks at all groups once. While members join nobody is heard: only a
// stable group, from when it was seen so, is judged.
func (b *Broker) putOut(ctx context.Context, stable map[string]time.Time) error {
	names, err := b.admin.groups(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		present, isStable, err := b.admin.members(ctx, name)
		if err != nil {
			return err
		}
		if !isStable {
			delete(stable, name)
			continue
		}
		if stable[name].IsZero() {
			stable[name] = time.Now()
		}
		for _, id := range b.members.lost(name, present, stable[name]) {
			if err := b.admin.leave(ctx, name, id); err != nil && !errors.Is(err, kerr.UnknownMemberID) {
				return err
			}
			b.metrics.lost.Inc()
			b.log.Info("a member of a group was lost while it joined, and is put out", zap.String("group", name))
		}
	}
	return nil
}
