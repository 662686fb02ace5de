package broker

import (
	"github.com/twmb/franz-go/pkg/kmsg"

	"hindsight/internal/eventlog"
)

// kafkaStorageError is Kafka's KAFKA_STORAGE_ERROR: the disk, not the record, is
// at fault, so a producer keeps it and tries again.
const kafkaStorageError = 56

// takes sees every produce request before kfake does, one after the other: what
// was lent is put in its place, and the gate may be shut.
func (b *Broker) takes(request kmsg.Request) (kmsg.Response, error, bool) { //nolint:revive // kfake's signature
	produce, ok := request.(*kmsg.ProduceRequest)
	if !ok {
		return nil, nil, false
	}
	b.loans.putInPlace(produce)
	return b.gate(produce)
}

// gate refuses records for hindsight.events while the broker's owner wants none.
// Everything else goes on: what is in the log is stored and trimmed, letters are
// written, offsets committed.
func (b *Broker) gate(produce *kmsg.ProduceRequest) (kmsg.Response, error, bool) { //nolint:revive // as above
	if b.cfg.Refuse == nil || b.cfg.Refuse() == nil {
		return nil, nil, false
	}
	response := produce.ResponseKind().(*kmsg.ProduceResponse)
	events := false
	for _, topic := range produce.Topics {
		events = events || topic.Topic == eventlog.TopicEvents
		answer := kmsg.NewProduceResponseTopic()
		answer.Topic, answer.TopicID = topic.Topic, topic.TopicID
		for _, partition := range topic.Partitions {
			part := kmsg.NewProduceResponseTopicPartition()
			part.Partition, part.ErrorCode = partition.Partition, kafkaStorageError
			answer.Partitions = append(answer.Partitions, part)
		}
		response.Topics = append(response.Topics, answer)
	}
	if !events {
		return nil, nil, false
	}
	b.metrics.refused.Inc()
	b.cluster.KeepControl() // it would be used once only
	return response, nil, true
}
