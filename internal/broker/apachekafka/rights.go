package apachekafka

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Right is what a user may do with topics or groups of a name ("*": any).
type Right struct {
	Kind       kmsg.ACLResourceType
	Name       string
	Operations []kmsg.ACLOperation
}

// Grant gives the user of the secure listener a right. Without any it may do
// nothing; the open listener's may do everything.
func (k *Kafka) Grant(ctx context.Context, r Right) error {
	req := kmsg.NewPtrCreateACLsRequest()
	for _, operation := range r.Operations {
		c := kmsg.NewCreateACLsRequestCreation()
		c.ResourceType, c.ResourceName, c.ResourcePatternType = r.Kind, r.Name, kmsg.ACLResourcePatternTypeLiteral
		c.Principal, c.Host, c.Operation, c.PermissionType = "User:"+k.secure.User, "*", operation, kmsg.ACLPermissionTypeAllow
		req.Creations = append(req.Creations, c)
	}
	return k.ask(func(cl *kgo.Client) error {
		res, err := req.RequestWith(ctx, cl)
		if err != nil {
			return fmt.Errorf("grant: %w", err)
		}
		for _, result := range res.Results {
			if result.ErrorCode != 0 {
				return fmt.Errorf("grant: error %d", result.ErrorCode)
			}
		}
		return nil
	})
}

// Revoke takes it away.
func (k *Kafka) Revoke(ctx context.Context, r Right) error {
	req, user := kmsg.NewPtrDeleteACLsRequest(), "User:"+k.secure.User
	for _, operation := range r.Operations {
		f := kmsg.NewDeleteACLsRequestFilter()
		f.ResourceType, f.ResourceName, f.ResourcePatternType = r.Kind, &r.Name, kmsg.ACLResourcePatternTypeLiteral
		f.Principal, f.Operation, f.PermissionType = &user, operation, kmsg.ACLPermissionTypeAllow
		req.Filters = append(req.Filters, f)
	}
	return k.ask(func(cl *kgo.Client) error {
		res, err := req.RequestWith(ctx, cl)
		if err != nil {
			return fmt.Errorf("revoke: %w", err)
		}
		for _, result := range res.Results {
			if result.ErrorCode != 0 || len(result.MatchingACLs) == 0 {
				return fmt.Errorf("revoke: error %d, %d rights", result.ErrorCode, len(result.MatchingACLs))
			}
		}
		return nil
	})
}

func (k *Kafka) ask(do func(*kgo.Client) error) error {
	cl, err := kgo.NewClient(kgo.SeedBrokers(k.Addr()))
	if err != nil {
		return fmt.Errorf("talk to Kafka: %w", err)
	}
	defer cl.Close()
	return do(cl)
}
