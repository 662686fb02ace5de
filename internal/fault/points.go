// Package fault lets tests end or freeze a process at a named point of its
// work. It does nothing unless the program is built with the tag "faults",
// which no shipped program is: Here is then empty and compiled away.
//
// With the tag, the environment variable HINDSIGHT_FAULT says where, and at
// which passing, and what happens there: "after-insert:3:kill" ends the process
// by SIGKILL when it passes that point for the third time, "…:stop" freezes it
// by SIGSTOP. HINDSIGHT_FAULT_LOG, "4096:50ms" for example, gives an embedded
// log segments of that many bytes and has it trimmed that often, so that what
// takes days of visits happens within seconds.
package fault

// The points, in the order in which a batch passes them.
const (
	Gathered      = "gathered"       // a batch is read and decoded, nothing of it is stored
	BeforeInsert  = "before-insert"  // one raw table is about to get its rows; the others may have theirs or not
	AfterInsert   = "after-insert"   // one raw table has its rows
	BeforeMarks   = "before-marks"   // every raw table has its rows, nothing says that they are to be derived
	AfterMarks    = "after-marks"    // the marks are written
	AfterLetter   = "after-letter"   // a dead letter is written; passed only by a batch with one
	BeforeCommit  = "before-commit"  // all is stored
	AfterCommit   = "after-commit"   // and committed
	MarksRead     = "marks-read"     // a deriver knows what it has to derive
	BetweenTables = "between-tables" // one derived table is written, the other not
	BeforeCross   = "before-cross"   // all is derived, its marks still stand
	AfterCross    = "after-cross"    // the marks are crossed out
)

// The points of an erasure, in its order.
const (
	AfterOrder        = "after-order"         // one more partition was given the order; the log may have it or not
	BeforeDelete      = "before-delete"       // one table is about to lose the rows of the erased sessions
	BeforeDeleteMarks = "before-delete-marks" // rows are gone, nothing says that it is to be derived anew
	AfterDeleteMarks  = "after-delete-marks"  // that is written down; the batches are left, hidden
)

// Variable is the environment variable's name.
const Variable = "HINDSIGHT_FAULT"

// LogVariable is the name of the one for the embedded log.
const LogVariable = "HINDSIGHT_FAULT_LOG"

// Points are those that every batch passes, and AfterLetter.
func Points() []string {
	return []string{
		Gathered, BeforeInsert, AfterInsert, BeforeMarks, AfterMarks, AfterLetter, BeforeCommit, AfterCommit,
		MarksRead, BetweenTables, BeforeCross, AfterCross,
	}
}

// ErasurePoints are those that only an erasure passes.
func ErasurePoints() []string {
	return []string{AfterOrder, BeforeDelete, BeforeDeleteMarks, AfterDeleteMarks}
}
