package doctor

import (
	"fmt"
	"time"
)

// What clocks may differ by.
const (
	warnSkew = 2 * time.Second
	failSkew = 5 * time.Minute
	// fewDocuments say nothing about the collectors' clocks.
	fewDocuments = 20
)

// Skew judges how far another clock is from this machine's; blur is how
// uncertain that is.
func (r *Report) Skew(check, whose string, skew, blur time.Duration) {
	sure := max(0, skew.Abs()-blur)
	found := fmt.Sprintf("%s is %s of this machine's", whose, ahead(skew))
	const advice = "let both machines take their time by NTP (chrony, systemd-timesyncd)"
	switch {
	case sure >= failSkew:
		r.Fail(check, found, advice+"; sessions of wrong days are refused")
	case sure >= warnSkew:
		r.Warn(check, found, advice)
	default:
		r.OK(check, "%s agrees with this machine's within %s", whose, round(max(skew.Abs(), blur)))
	}
}

// Browsers judges what most browsers' clocks agree on against the collectors'.
func (r *Report) Browsers(check string, middle time.Duration, documents uint64) {
	switch {
	case documents < fewDocuments:
		r.OK(check, "too few visits since yesterday to compare browsers' clocks with the collector's (%d documents)", documents)
	case middle.Abs() >= failSkew:
		r.Fail(check, fmt.Sprintf("half of %d documents' browsers have a clock more than %s of the collector's", documents, ahead(-middle)), "the collector's clock is wrong: let it take its time by NTP")
	case middle.Abs() >= warnSkew:
		r.Warn(check, fmt.Sprintf("half of %d documents' browsers have a clock more than %s of the collector's", documents, ahead(-middle)), "look at the clock of the collector's machine")
	default:
		r.OK(check, "browsers' clocks agree with the collector's (%d documents, the middle is %s off)", documents, round(middle.Abs()))
	}
}

func ahead(skew time.Duration) string {
	if skew < 0 {
		return round(-skew).String() + " behind"
	}
	return round(skew).String() + " ahead"
}

func round(d time.Duration) time.Duration {
	if d >= 10*time.Second {
		return d.Round(time.Second)
	}
	return d.Round(time.Millisecond)
}
