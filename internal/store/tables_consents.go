package store

import "hindsight/internal/native"

// consentRows is the insert into consents, which hold nothing of the session
// but its day.
func consentRows(records []*Record) tableRows {
	rows := flatten(records, func(r *Record) []ConsentRow { return r.Consents })
	return tableRows{"consents", len(rows), []column{
		collect("day", rows, func(r tableRow[ConsentRow]) native.Day { return dayNumber(r.Session) }),
		collect("site", rows, func(r tableRow[ConsentRow]) string { return r.Site }),
		collect("key", rows, func(r tableRow[ConsentRow]) [16]byte { return r.v.Key }),
		collect("at", rows, func(r tableRow[ConsentRow]) int64 { return r.v.At }),
		collect("state", rows, func(r tableRow[ConsentRow]) string { return r.v.State }),
		collect("version", rows, func(r tableRow[ConsentRow]) string { return r.v.Version }),
		collect("url", rows, func(r tableRow[ConsentRow]) string { return r.v.URL }),
	}}
}
