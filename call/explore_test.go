package call_test

import (
	"fmt"
	"os"
	"testing"

	"parley/call"
	"parley/call/calltest"
)

// exploration is how far to look in one arrangement of rules.
type exploration struct {
	rules  calltest.Rules
	budget [2]calltest.Budget
}

// each gives both sides the same budget of dials, acts and faults.
func each(dials, acts, faults int) [2]calltest.Budget {
	b := calltest.Budget{Dials: dials, Acts: acts, Faults: faults}
	return [2]calltest.Budget{b, b}
}

var both, onlyAnn, onlyBen = [2]bool{true, true}, [2]bool{true, false}, [2]bool{false, true}

// small takes a few seconds; large, asked for by PARLEY_EXPLORE=large, takes
// many minutes and some gigabytes.
var (
	small = []exploration{
		{calltest.Rules{}, each(1, 2, 0)},
		{calltest.Rules{OfferFirst: both}, each(1, 1, 0)},
		{calltest.Rules{OfferFirst: both, Trickle: true}, [2]calltest.Budget{{Dials: 1, Acts: 1}, {Dials: 1}}},
		{calltest.Rules{OfferFirst: both}, [2]calltest.Budget{{Dials: 1, Faults: 1}, {Acts: 1, Faults: 1}}},
		{calltest.Rules{OfferFirst: both, Descending: true}, [2]calltest.Budget{{Dials: 2, Acts: 1}, {Acts: 1}}},
		{calltest.Rules{}, [2]calltest.Budget{{Dials: 1, Acts: 1, Faults: 1}, {Acts: 1, Faults: 1}}},
		{calltest.Rules{OfferFirst: onlyAnn}, each(1, 1, 0)},
		{calltest.Rules{Reversed: both}, each(1, 2, 0)},
		{calltest.Rules{Reversed: both, Trickle: true}, [2]calltest.Budget{{Dials: 1, Acts: 1}, {Dials: 1}}},
		{calltest.Rules{Reversed: both}, [2]calltest.Budget{{Dials: 1, Acts: 1, Faults: 1}, {Acts: 1, Faults: 1}}},
		{calltest.Rules{Reversed: both, Descending: true}, [2]calltest.Budget{{Dials: 2, Acts: 1}, {Acts: 1}}},
		{calltest.Rules{Once: true}, [2]calltest.Budget{{Dials: 1, Acts: 1, Faults: 1}, {Acts: 1, Faults: 1}}},
		{calltest.Rules{Once: true, OfferFirst: both}, [2]calltest.Budget{{Dials: 1, Faults: 2}, {Acts: 1, Faults: 1}}},
		{calltest.Rules{Once: true, Reversed: both}, [2]calltest.Budget{{Dials: 1, Acts: 1, Faults: 1}, {Acts: 1, Faults: 1}}},
		{calltest.Rules{Reversed: onlyAnn}, each(1, 1, 0)},
		{calltest.Rules{Reversed: onlyAnn, Descending: true}, each(1, 1, 0)},
		{calltest.Rules{Reversed: onlyAnn, OfferFirst: onlyBen}, each(1, 1, 0)},
		{calltest.Rules{Reversed: onlyAnn, OfferFirst: onlyBen, Descending: true}, each(1, 1, 0)},
	}
	large = []exploration{
		{calltest.Rules{}, each(1, 1, 1)},
		{calltest.Rules{}, each(2, 1, 0)},
		{calltest.Rules{Descending: true}, each(2, 1, 0)},
		{calltest.Rules{OfferFirst: both}, each(1, 2, 0)},
		{calltest.Rules{OfferFirst: both}, each(1, 1, 1)},
		{calltest.Rules{OfferFirst: both}, each(2, 1, 0)},
		{calltest.Rules{OfferFirst: both, Descending: true}, each(2, 1, 0)},
		{calltest.Rules{OfferFirst: both, Descending: true, Trickle: true}, each(1, 1, 0)},
		{calltest.Rules{OfferFirst: both, Trickle: true}, each(1, 2, 0)},
		{calltest.Rules{OfferFirst: onlyAnn}, each(1, 1, 1)},
		{calltest.Rules{OfferFirst: onlyAnn, Descending: true}, each(2, 1, 0)},
		{calltest.Rules{Reversed: both}, each(1, 1, 1)},
		{calltest.Rules{Once: true, Reversed: both}, each(1, 1, 1)},
		{calltest.Rules{Once: true, OfferFirst: both}, each(1, 1, 1)},
		{calltest.Rules{Reversed: both}, each(2, 1, 0)},
		{calltest.Rules{Reversed: both, Descending: true}, each(2, 1, 0)},
		{calltest.Rules{Reversed: onlyAnn}, each(1, 1, 1)},
		{calltest.Rules{Reversed: onlyAnn, OfferFirst: onlyBen}, each(1, 1, 1)},
	}
)

// enough bounds an exploration's memory. Larger ones are not wrong, only unfinished.
const enough = 20_000_000

func TestExplore(t *testing.T) {
	explorations := small
	if os.Getenv("PARLEY_EXPLORE") == "large" {
		explorations = append(explorations, large...)
	}
	for _, x := range explorations {
		t.Run(fmt.Sprintf("%v %v %v", x.rules, x.budget[0], x.budget[1]), func(t *testing.T) {
			rules := x.rules
			rules.Step = call.Step
			report := rules.Explore(x.budget, enough)
			t.Log(report)
			if report.Fault != "" {
				t.Errorf("%s:\n%s", report.Fault, report.Scenario)
			}
			if !report.Whole {
				t.Error("not every world was seen")
			}
		})
	}
}
