package api

// RouteForTest is what the tests may know of a route.
type RouteForTest struct {
	Operation string // "GET /sites"
	Scope     string
	Query     []string
}

// RoutesForTest lists the routes.
func (a *API) RoutesForTest() []RouteForTest {
	var out []RouteForTest
	for _, rt := range a.routes() {
		out = append(out, RouteForTest{rt.method + " " + rt.path, string(rt.scope), rt.query})
	}
	return out
}

// ProblemsForTest lists the types of problems.
func ProblemsForTest() []string {
	var out []string
	for _, k := range problemKinds() {
		out = append(out, k.name)
	}
	return out
}
