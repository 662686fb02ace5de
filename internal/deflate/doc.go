// Package deflate compresses short texts into raw deflate (RFC 1951) with codes
// that are known beforehand. To count what is in a text, to make the best code
// for it and to write that down costs more than all the rest, where the text is a
// section of a kilobyte of which a processor packs thousands a second; and such
// sections resemble each other.
//
// Any byte has a code, so that any text can be packed; one that resembles
// nothing that was recorded becomes longer.
package deflate
