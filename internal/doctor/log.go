package doctor

import (
	"fmt"
	"time"

	"hindsight/internal/eventlog"
)

// Log judges what a log says of itself. embedded logs have one broker, which
// has answered, and settings that are ours.
func (r *Report) Log(c eventlog.Cluster, embedded bool) {
	if !embedded {
		r.brokers(c)
	}
	for i := range c.Topics {
		r.topic(&c.Topics[i], embedded)
	}
	switch {
	case !c.Committed && c.Lag > 0:
		r.Warn("log lag", fmt.Sprintf("%d records wait, and no processor has ever read one", c.Lag), "start a processor")
	case c.Lag > 10_000:
		r.Warn("log lag", fmt.Sprintf("%d records are not stored yet", c.Lag), "if this grows, look at the processor's log and /readyz, or start more processors (at most one a partition)")
	default:
		r.OK("log lag", "%d records are not stored yet", c.Lag)
	}
}

func (r *Report) brokers(c eventlog.Cluster) {
	const check = "log brokers"
	bad := 0
	for _, b := range c.Brokers {
		if b.Err != nil {
			bad++
			advice := eventlog.Advice(b.Err)
			if advice == "" {
				advice = "start it, or correct its advertised.listeners: every broker must be reachable from here by that address"
			}
			r.Fail(check, fmt.Sprintf("broker %s cannot be reached: %v", b.Address, b.Err), advice)
		}
	}
	if bad == 0 {
		r.OK(check, "%d, all reachable (cluster %s)", len(c.Brokers), c.ID)
	}
}

func (r *Report) topic(t *eventlog.TopicState, embedded bool) {
	check := "topic " + t.Name
	events := t.Name == eventlog.TopicEvents
	if t.Partitions == 0 {
		r.OK(check, "is not there yet; it is made at the first start")
		return
	}
	good := true
	warn := func(found, advice string) { good = false; r.Warn(check, found, advice) }
	fail := func(found, advice string) { good = false; r.Fail(check, found, advice) }
	if t.Leaderless > 0 {
		fail(fmt.Sprintf("%d of %d partitions have no leader", t.Leaderless, t.Partitions), "bring the brokers back that hold them; until then their sessions wait in the collectors")
	}
	if t.Undersynced > 0 {
		warn(fmt.Sprintf("%d of %d partitions have replicas that are not in sync", t.Undersynced, t.Partitions), "look at the brokers: one is down or slow")
	}
	if size, ok := t.Number("max.message.bytes"); ok && size < eventlog.MaxMessageBytes {
		fail(fmt.Sprintf("takes records of at most %d bytes; frames need %d", size, eventlog.MaxMessageBytes), fmt.Sprintf("kafka-configs --alter --entity-type topics --entity-name %s --add-config max.message.bytes=%d", t.Name, eventlog.MaxMessageBytes))
	}
	if !embedded {
		if t.Replicas == 1 {
			warn("has a single replica: a broker's disk is all that acknowledged records rest on", "give it three replicas, and min.insync.replicas=2")
		}
		if insync, ok := t.Number("min.insync.replicas"); ok && t.Replicas > 1 && insync < 2 {
			warn(fmt.Sprintf("min.insync.replicas is %d: a record may be acknowledged while one broker alone has it", insync), "set min.insync.replicas=2")
		} else if ok && int(insync) >= t.Replicas && t.Replicas > 1 {
			warn(fmt.Sprintf("min.insync.replicas is %d of %d replicas: one broker down stops recording", insync, t.Replicas), "set it to one less than the replicas")
		}
	}
	r.retention(t, embedded, events, warn, fail)
	if good {
		r.OK(check, "%d partitions, %d replicas", t.Partitions, t.Replicas)
	}
}

// retention judges how long a topic keeps records. The embedded log trims
// events below the commit only, and must not delete them by age.
func (r *Report) retention(t *eventlog.TopicState, embedded, events bool, warn, fail func(found, advice string)) {
	ms, ok := t.Number("retention.ms")
	if policy := t.Settings["cleanup.policy"]; policy != "" && policy != "delete" {
		fail("cleanup.policy is "+policy+": records of the same session replace each other", "set cleanup.policy=delete")
	}
	switch keep := time.Duration(ms) * time.Millisecond; {
	case !ok || ms < 0:
	case embedded && events:
		fail(fmt.Sprintf("deletes records after %s, stored or not", keep), "start hindsight once: it sets the topic right")
	case events && keep < 24*time.Hour:
		warn(fmt.Sprintf("keeps records for %s: what is not stored by then is lost", keep), "set retention.ms to some days: that is how long a processor may be away")
	}
}
