package demo

import "fmt"

// product is one thing the shop sells.
type product struct {
	Slug, Name, Line, Story, HowTo string
	Cents                          int
	Related                        []string
	Reviews                        []review
}

type review struct{ Text, By string }

// Price is the price as the shop writes it.
func (p product) Price() string { return euro(p.Cents) }

// euro writes cents as the shop's script does (site/assets/shop.js).
func euro(cents int) string { return fmt.Sprintf("€ %d.%02d", cents/100, cents%100) }

// catalogue lists the products in the order of the shop's front page.
var catalogue = []product{
	{
		Slug: "sencha", Name: "Garden Sencha", Cents: 1250,
		Line:    "Steamed green tea of the first picking.",
		Story:   "Picked in April on the slope that sees the sun first, steamed the same evening, and dried slowly. It tastes of cut grass and of a little sea.",
		HowTo:   "A heaped spoon for a cup, water at seventy degrees, one minute. The second cup takes half of that, and is the better one.",
		Related: []string{"cup", "assam", "teapot"},
		Reviews: []review{
			{"Bright and clean. I have it instead of the second coffee.", "Noor, Utrecht"},
			{"Do use cooler water. With boiling water I was unfair to it at first.", "Henrik, Kiel"},
			{"The packet is empty far too soon.", "Aline, Lyon"},
		},
	},
	{
		Slug: "assam", Name: "River Assam", Cents: 980,
		Line:    "Malty black tea that takes milk well.",
		Story:   "From the south bank of the river, second flush, with golden tips. Dark in the cup, and round enough to stand by itself.",
		HowTo:   "One spoon for a cup, boiling water, four minutes. Milk after that, if milk it must be.",
		Related: []string{"teapot", "chai", "cup"},
		Reviews: []review{
			{"Wakes up the whole house.", "Margaret, York"},
			{"Strong without being bitter, even when I forget it.", "Paul, Rouen"},
			{"My grandmother approves, and she approves of little.", "Sina, Emden"},
		},
	},
	{
		Slug: "chai", Name: "Market Chai", Cents: 1120,
		Line:    "Black tea with ginger, cardamom and pepper.",
		Story:   "Whole spices, broken on the day they are packed. Nothing is sprayed on, so what you smell is what is in the packet.",
		HowTo:   "Two spoons in a small pot, half water, half milk. Let it rise twice, and strain.",
		Related: []string{"cup", "rooibos", "assam"},
		Reviews: []review{
			{"The pepper arrives late, and stays. Lovely.", "Ines, Braga"},
			{"I needed two attempts with the milk. Worth both.", "Jonas, Ulm"},
			{"Smells like the street behind the station in Pune.", "Ravi, London"},
		},
	},
	{
		Slug: "rooibos", Name: "Evening Rooibos", Cents: 860,
		Line:    "Red bush, no caffeine, a hint of orange peel.",
		Story:   "Grown on sandy ground two hours north of the Cape. The orange peel is dried by the same people, in the same sun.",
		HowTo:   "One spoon for a cup, boiling water, as long as you like: it does not turn bitter.",
		Related: []string{"cup", "teapot", "chai"},
		Reviews: []review{
			{"The children ask for it. That is all I have to say.", "Maaike, Gent"},
			{"Good cold, too, with a slice of lemon.", "Tom, Bath"},
			{"I sleep, finally. It may be the tea.", "Carla, Ghent"},
		},
	},
	{
		Slug: "teapot", Name: "Iron Teapot", Cents: 4800,
		Line:    "Cast iron, enamelled inside, holds 0.8 litres.",
		Story:   "Cast in sand, one mould for one pot, so no two are quite alike. The sieve is of steel and comes out for cleaning.",
		HowTo:   "Warm it with hot water first. Rinse with water only, dry it open, and it outlives all of us.",
		Related: []string{"cup", "sencha", "assam"},
		Reviews: []review{
			{"Heavy, in the good sense.", "Ole, Aarhus"},
			{"Keeps warm through two chapters.", "Ilse, Bremen"},
			{"The handle gets warm. A cloth helps.", "Fiona, Perth"},
		},
	},
	{
		Slug: "cup", Name: "Tide Cup", Cents: 1490,
		Line:    "Stoneware, thrown by hand, 0.3 litres.",
		Story:   "Thrown on the coast, glazed in two blues. The line between them is where the glaze ran, and it is never the same.",
		HowTo:   "Dishwasher, yes. Microwave, yes. Floor, no.",
		Related: []string{"teapot", "rooibos", "sencha"},
		Reviews: []review{
			{"Fits the hand as promised.", "June, Leeds"},
			{"Mine has a wave in it that looks like a fish.", "Tomás, Porto"},
			{"Bought one, then three.", "Eva, Graz"},
		},
	},
}

// findProduct returns the product of that slug.
func findProduct(slug string) (product, bool) {
	for _, p := range catalogue {
		if p.Slug == slug {
			return p, true
		}
	}
	return product{}, false
}
