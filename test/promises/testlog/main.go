// Command testlog reads what `go test -json` wrote and prints it for people: every failed test with its output,
// then one line a package, then "N passed, N failed, N skipped". It fails when nothing was tested.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
)

type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

func main() {
	onlyFailures := flag.Bool("failures", false, "print only what failed")
	flag.Parse()
	file, err := os.Open(flag.Arg(0))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer file.Close()

	output := map[string]*strings.Builder{}
	var passed, failed, skipped int
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Println(lines.Text()) // what the go command itself says, such as a build that failed
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output", "build-output":
			if output[key] == nil {
				output[key] = &strings.Builder{}
			}
			output[key].WriteString(e.Output)
		case "pass", "fail", "skip":
			report(e, output[key], *onlyFailures)
			if e.Test != "" {
				count(e.Action, &passed, &failed, &skipped)
			}
			delete(output, key)
		}
	}
	for key, out := range output {
		if strings.Contains(out.String(), "panic") || strings.HasSuffix(key, " ") {
			fmt.Print(out.String())
		}
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped)
	if passed == 0 || failed > 0 {
		os.Exit(1)
	}
}

func report(e event, out *strings.Builder, onlyFailures bool) {
	switch {
	case e.Action == "fail" && out != nil:
		fmt.Printf("FAIL %s %s (%.1f s)\n%s", e.Package, e.Test, e.Elapsed, out)
	case e.Action == "skip" && e.Test != "" && out != nil:
		fmt.Printf("SKIP %s %s: %s", e.Package, e.Test, out)
	case e.Test == "" && e.Action == "pass" && !onlyFailures:
		fmt.Printf("ok   %s (%.1f s)\n", e.Package, e.Elapsed)
	}
}

func count(action string, passed, failed, skipped *int) {
	switch action {
	case "pass":
		*passed++
	case "fail":
		*failed++
	case "skip":
		*skipped++
	}
}
