package chdb

import (
	"runtime"
	"unsafe"
)

// str is the address of s's bytes. C gets the length with it, so no
// terminator is needed; an empty string still needs a readable address.
func str(s string) unsafe.Pointer {
	if s == "" {
		return unsafe.Pointer(&[1]byte{})
	}
	return unsafe.Pointer(unsafe.StringData(s))
}

// params lays query parameters out as the four parallel arrays that C takes.
type params struct {
	pin        runtime.Pinner
	name, val  []unsafe.Pointer
	nlen, vlen []uintptr
}

func newParams(m map[string]string) *params {
	p := &params{}
	for k, v := range m {
		kp, vp := str(k), str(v)
		p.pin.Pin(kp)
		p.pin.Pin(vp)
		p.name, p.nlen = append(p.name, kp), append(p.nlen, uintptr(len(k)))
		p.val, p.vlen = append(p.val, vp), append(p.vlen, uintptr(len(v)))
	}
	return p
}

func (p *params) n() uintptr                { return uintptr(len(p.name)) }
func (p *params) names() unsafe.Pointer     { return unsafe.Pointer(&p.name[0]) }
func (p *params) values() unsafe.Pointer    { return unsafe.Pointer(&p.val[0]) }
func (p *params) nameLens() unsafe.Pointer  { return unsafe.Pointer(&p.nlen[0]) }
func (p *params) valueLens() unsafe.Pointer { return unsafe.Pointer(&p.vlen[0]) }

// release unpins the strings; call it after C has returned.
func (p *params) release() {
	p.pin.Unpin()
	runtime.KeepAlive(p)
}
