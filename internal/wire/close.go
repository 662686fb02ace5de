package wire

// CloseCode is the code of a WebSocket close message.
type CloseCode int

// The close codes of the protocol, section 2.
const (
	CloseNormal    CloseCode = 1000
	CloseGoingAway CloseCode = 1001
	// CloseTooBig answers a message over MaxMessage.
	CloseTooBig CloseCode = 1009

	CloseComeBack CloseCode = 4000
	CloseIdle     CloseCode = 4001
	CloseRate     CloseCode = 4002

	CloseUnknownSite CloseCode = 4100
	CloseOrigin      CloseCode = 4101
	CloseVersion     CloseCode = 4102
	CloseProtocol    CloseCode = 4103
	CloseSiteClosed  CloseCode = 4104
)

// CloseInfo describes one close code.
type CloseInfo struct {
	Code CloseCode
	// Name is the text that goes with the code.
	Name string
	// Reconnect tells whether the tracker may come back in this document.
	Reconnect bool
}

// CloseCodes lists every code that a collector sends or expects.
func CloseCodes() []CloseInfo {
	return []CloseInfo{
		{CloseNormal, "normal", true},
		{CloseGoingAway, "going_away", true},
		{CloseTooBig, "too_big", false},
		{CloseComeBack, "come_back", true},
		{CloseIdle, "idle", true},
		{CloseRate, "rate", true},
		{CloseUnknownSite, "unknown_site", false},
		{CloseOrigin, "origin", false},
		{CloseVersion, "version", false},
		{CloseProtocol, "protocol", false},
		{CloseSiteClosed, "site_closed", false},
	}
}

// Name is the code's name, or "other" for one that the protocol does not know.
func (c CloseCode) Name() string {
	for _, info := range CloseCodes() {
		if info.Code == c {
			return info.Name
		}
	}
	return "other"
}

// MayReconnect tells whether a tracker may come back after this code: 4000 to
// 4099 may, 4100 to 4199 and 1009 must not, everything else may.
func (c CloseCode) MayReconnect() bool {
	return c != CloseTooBig && (c < 4100 || c > 4199)
}
