// Package demo holds the demo shop and the generator of demo visits.
//
// The shop (site/) is a handful of server-rendered pages under /demo/ with the
// snippet in place: a list, products, a cart with a form, a sign-up with a
// password, and a tea finder that swaps its content by script. It carries some
// friction on purpose (an offer that looks like a button and does nothing, a
// slow coupon, an error), so that whoever looks at the recordings has
// something to find. [Handler] serves it.
//
// [Generate] fills a store with visits to that shop. It talks to a real
// collector over the wire protocol, like a browser's tracker. What it sends is
// derived from what the shop serves: a snapshot is made by parsing the very
// page that [Handler] would answer with (snapshot.go), changes are applied to
// that tree (document.go), and clicks land on boxes that a real browser
// measured (layout.json). Nothing here needs a browser; only the tests do.
package demo
