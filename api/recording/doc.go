// Package recording turns the stored chunks of a session into one stream of
// rrweb events: by sequence within a document, by time across documents, with
// timestamps corrected by the clock offset.
//
// A recording of any length passes through in bounded memory: the chunks of a
// document are fetched in runs of a few megabytes, and only documents that
// overlap in time are open together.
package recording
