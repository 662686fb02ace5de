package eventlog

import "testing"

func TestValidate(t *testing.T) {
	for _, good := range [][]string{{"kafka:9092"}, {"a:1", "b:2"}, {"[::1]:9092"}, {"unix:/run/log.sock"}} {
		if err := (Config{Brokers: good}).Validate(); err != nil {
			t.Errorf("%v: %v", good, err)
		}
	}
	for _, bad := range [][]string{nil, {"kafka"}, {":9092"}, {"unix:log.sock"}, {"unix:/a", "b:1"}, {"b:1", "unix:/a"}} {
		if err := (Config{Brokers: bad}).Validate(); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}

func TestEmbeddedKeepsEvents(t *testing.T) {
	retention := func(c Config) string {
		for _, e := range c.withDefaults().eventsConfig() {
			if e.ConfigName == "retention.ms" {
				return e.ConfigValue
			}
		}
		return ""
	}
	if got := retention(Config{Brokers: []string{"unix:/a"}}); got != "-1" {
		t.Errorf("embedded: %q", got)
	}
	if got := retention(Config{Brokers: []string{"a:1"}}); got != "604800000" {
		t.Errorf("Kafka: %q", got)
	}
}
