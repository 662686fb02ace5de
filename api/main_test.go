package api_test

import (
	"os"
	"testing"

	"hindsight/internal/engine/enginetest"
	"hindsight/internal/store/storetest"
)

// TestMain lets the test binary be the engine's child process.
func TestMain(m *testing.M) { enginetest.Main(m) }

// TestAPI runs every test of the API on one engine, each in a database of its own.
func TestAPI(t *testing.T) {
	if os.Getenv(storetest.EnvDSN) == "" {
		t.Setenv(storetest.EnvDSN, "unix://"+enginetest.Start(t).Socket())
	}
	for _, test := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"ScopesOfEveryRoute", testScopesOfEveryRoute},
		{"Tokens", testTokens},
		{"FailingAttemptsAreLimitedAndNobodyElseIs", testFailingAttemptsAreLimitedAndNobodyElseIs},
		{"OneTimeLogins", testOneTimeLogins},
		{"CookieSession", testCookieSession},
		{"ChangesByCookieMustComeFromTheDashboard", testChangesByCookieMustComeFromTheDashboard},
		{"LogsAndMetricsHoldNoSecrets", testLogsAndMetricsHoldNoSecrets},
		{"RoutesAndDescriptionAreTheSame", testRoutesAndDescriptionAreTheSame},
		{"EveryCallAnswersAsDescribed", testEveryCallAnswersAsDescribed},
		{"RefusalsAreProblemDocuments", testRefusalsAreProblemDocuments},
		{"HeatmapOfClicks", testHeatmapOfClicks},
		{"HeatmapOfMovementAndReach", testHeatmapOfMovementAndReach},
		{"PagesAndDays", testPagesAndDays},
		{"SessionsByPageAndFilter", testSessionsByPageAndFilter},
		{"SessionInDetail", testSessionInDetail},
		{"SessionMarks", testSessionMarks},
		{"ConsentsByPage", testConsentsByPage},
		{"EventsInEveryForm", testEventsInEveryForm},
		{"AnswersAreCompressedWhenAskedFor", testAnswersAreCompressedWhenAskedFor},
		{"ABrokenRecordingBreaksTheConnection", testABrokenRecordingBreaksTheConnection},
		{"Snapshot", testSnapshot},
		{"StyleSheets", testStyleSheets},
		{"SitesChangeAtOnceHereAndSoonElsewhere", testSitesChangeAtOnceHereAndSoonElsewhere},
		{"EnsureSiteKeepsWhatPeopleSet", testEnsureSiteKeepsWhatPeopleSet},
		{"RetentionIsAppliedToEveryRead", testRetentionIsAppliedToEveryRead},
		{"DemoSessionsAndSitesAreTakenAway", testDemoSessionsAndSitesAreTakenAway},
	} {
		t.Run(test.name, test.run)
	}
}
