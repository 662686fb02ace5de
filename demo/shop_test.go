package demo

import (
	"fmt"
	"reflect"
	"testing"
)

// TestShopInBrowser uses the shop in a real browser, under its own policy.
func TestShopInBrowser(t *testing.T) {
	var paths []string
	for _, s := range layoutStates() {
		paths = append(paths, s.Path)
	}
	var got struct {
		Trouble                       []string
		Columns                       map[string]int
		MenuOpens, MenuCloses         bool
		MenuNext, MenuFocus           string
		GuidePath, GuideTitle         string
		GuideSame, GuideReloaded      bool
		Notice, Shown, Address, Fault string
		Welcome                       bool
		Calls                         [][]any
		Place                         []int
	}
	runBrowser(t, "shop.mjs", map[string]any{"base": serveShop(t), "paths": paths}, &got)
	for _, trouble := range got.Trouble {
		t.Error(trouble)
	}
	line, column := scriptFault()
	for name, pair := range map[string][2]any{
		"columns of the list":   {got.Columns, map[string]int{"phone": 1, "tablet": 2, "desktop": 3}},
		"menu by keyboard":      {fmt.Sprint(got.MenuOpens, got.MenuNext, got.MenuCloses, got.MenuFocus), "trueShoptruemenu"},
		"tea finder's address":  {got.GuidePath, "/demo/guide/strength?taste=spiced"},
		"tea finder's title":    {got.GuideTitle, "How strong do you like it? · Leaf & Kettle"},
		"back and reload":       {[]bool{got.GuideSame, got.GuideReloaded}, []bool{true, true}},
		"opt-out":               {got.Notice, "Your visit is no longer recorded in this browser."},
		"calls to the tracker":  {got.Calls, [][]any{{"consent", false}, {"event", "add_to_cart", map[string]any{"product": "cup", "amount": 1.0}}}},
		"password shown":        {got.Shown, "text"},
		"welcome":               {got.Welcome, true},
		"address after sign-up": {got.Address, "/demo/signup"},
		"the error on purpose":  {got.Fault, "Cannot read properties of undefined (reading 'days')"},
		"the error's place":     {got.Place, []int{line, column}},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s: %v, not %v", name, pair[0], pair[1])
		}
	}
}
