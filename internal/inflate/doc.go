// Package inflate decompresses raw deflate (RFC 1951) whose length is known, in
// one piece: the bytes lie in memory, and so does the room for what becomes of
// them. A reader of streams keeps a window of 32 KB, copies out of it and asks
// for its input byte by byte; of sections of some kilobytes, of which a
// processor opens thousands a second, that was half of the cost.
//
// It takes and refuses exactly what compress/flate does, which a fuzz test
// holds it to: what rests as a tracker sent it is opened by other readers, too.
package inflate
