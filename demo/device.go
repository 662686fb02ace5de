package demo

import "math/rand/v2"

// viewportSize is the inside of a browser window, CSS px.
type viewportSize struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// device is what a visitor holds or sits at.
type device struct {
	name             string // for the choice of a browser
	weight           int
	viewport         viewportSize
	screenW, screenH int
	ratio            float64
	touch            bool
}

// devices are common sizes of each class. Their viewports are the ones that
// layout.json is measured at, in its order.
var devices = []device{
	{"android", 14, viewportSize{360, 640}, 360, 780, 3, true},
	{"iphone", 19, viewportSize{390, 664}, 390, 844, 3, true},
	{"android", 11, viewportSize{412, 732}, 412, 915, 2.625, true},
	{"ipad", 4, viewportSize{768, 954}, 768, 1024, 2, true},
	{"ipad", 5, viewportSize{820, 1106}, 820, 1180, 2, true},
	{"desktop", 13, viewportSize{1280, 593}, 1280, 720, 1, false},
	{"mac", 18, viewportSize{1440, 789}, 1440, 900, 2, false},
	{"desktop", 16, viewportSize{1920, 937}, 1920, 1080, 1, false},
}

func viewportSizes() []viewportSize {
	sizes := make([]viewportSize, len(devices))
	for i, d := range devices {
		sizes[i] = d.viewport
	}
	return sizes
}

// browser is a user agent, and what its client hints would add.
type browser struct {
	weight    int
	userAgent string
	hints     *clientHints // nil: a browser without client hints
}

type clientHints struct {
	Browser        string `json:"browser"`
	BrowserVersion string `json:"browser_version"`
	OS             string `json:"os"`
	OSVersion      string `json:"os_version"`
	Mobile         bool   `json:"mobile"`
}

const (
	webkit = "AppleWebKit/537.36 (KHTML, like Gecko) "
	apple  = "AppleWebKit/605.1.15 (KHTML, like Gecko) "
)

// browsers by kind of device.
var browsers = map[string][]browser{
	"android": {
		{70, "Mozilla/5.0 (Linux; Android 10; K) " + webkit + "Chrome/141.0.0.0 Mobile Safari/537.36", &clientHints{"Chrome", "141", "Android", "15", true}},
		{20, "Mozilla/5.0 (Linux; Android 10; K) " + webkit + "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", &clientHints{"Samsung Internet", "28", "Android", "14", true}},
		{10, "Mozilla/5.0 (Android 14; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0", nil},
	},
	"iphone": {
		{88, "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) " + apple + "Version/18.6 Mobile/15E148 Safari/604.1", nil},
		{12, "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) " + apple + "CriOS/141.0.7390.41 Mobile/15E148 Safari/604.1", nil},
	},
	"ipad": {
		{100, "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) " + apple + "Version/18.6 Mobile/15E148 Safari/604.1", nil},
	},
	"mac": {
		{46, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) " + webkit + "Chrome/141.0.0.0 Safari/537.36", &clientHints{"Chrome", "141", "macOS", "15.6", false}},
		{44, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) " + apple + "Version/18.6 Safari/605.1.15", nil},
		{10, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0", nil},
	},
	"desktop": {
		{56, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) " + webkit + "Chrome/141.0.0.0 Safari/537.36", &clientHints{"Chrome", "141", "Windows", "15.0.0", false}},
		{20, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) " + webkit + "Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0", &clientHints{"Microsoft Edge", "141", "Windows", "15.0.0", false}},
		{14, "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0", nil},
		{10, "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", nil},
	},
}

// choose draws one of n things by weight.
func choose(r *rand.Rand, n int, weight func(i int) int) int {
	total := 0
	for i := range n {
		total += weight(i)
	}
	at := r.IntN(total)
	for i := range n {
		if at -= weight(i); at < 0 {
			return i
		}
	}
	return n - 1
}
