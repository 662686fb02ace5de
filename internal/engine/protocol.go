package engine

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// File descriptors of the two pipes in the child. Standard input is not used
// for it: the engine itself reads that for the data of an INSERT.
const (
	fdSpec   = 3
	fdReport = 4
)

// childVariable marks a child started by a Supervisor.
const childVariable = "HINDSIGHT_ENGINE_CHILD"

// childSpec is what the parent tells the child.
type childSpec struct {
	Dir         string `json:"dir"`
	Library     string `json:"library"`
	Socket      string `json:"socket"`
	MaxMemory   int64  `json:"max_memory"`
	Connections int    `json:"connections"`
}

// report is what the child answers, once.
type report struct {
	Version string `json:"version,omitempty"` // ClickHouse's; set when ready
	Reason  string `json:"reason,omitempty"`  // one of the reasons below, or empty
	Error   string `json:"error,omitempty"`   // set when not ready
}

const (
	reasonInUse      = "in_use"
	reasonUnwritable = "unwritable"
	reasonLibrary    = "library"
)

var reasons = map[string]error{
	reasonInUse: ErrInUse, reasonUnwritable: ErrUnwritable, reasonLibrary: ErrLibraryMissing,
}

func writeLine(w io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

func readLine(r io.Reader, v any) error {
	line, err := bufio.NewReader(r).ReadBytes('\n')
	if err != nil {
		return err
	}
	return json.Unmarshal(line, v)
}

// reportOf puts an error of the child's start into a report.
func reportOf(err error) report {
	for name, reason := range reasons {
		if errors.Is(err, reason) {
			return report{Reason: name, Error: err.Error()}
		}
	}
	return report{Error: err.Error()}
}

// err is the error that the child reported, such that errors.Is works again.
func (r report) err() error {
	switch reason, known := reasons[r.Reason]; {
	case r.Error == "":
		return nil
	case known && r.Error == reason.Error():
		return reason
	case known:
		return fmt.Errorf("%w (%s)", reason, r.Error)
	}
	return errors.New(r.Error)
}
