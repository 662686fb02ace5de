package demo

import (
	"strconv"
	"strings"
)

// cartItem is one row of a cart.
type cartItem struct {
	product
	Amount int
}

// maxAmount keeps the text of a cart short, whatever an address asks for.
const maxAmount = 99

// parseCart reads the form that the shop's script keeps in the tab:
// "sencha.2-cup.1". What it does not know it leaves out.
func parseCart(text string) []cartItem {
	var items []cartItem
	for _, part := range strings.Split(text, "-") {
		slug, count, _ := strings.Cut(part, ".")
		p, ok := findProduct(slug)
		n, err := strconv.Atoi(count)
		if !ok || err != nil || n < 1 || n > maxAmount || len(items) == len(catalogue) {
			continue
		}
		items = append(items, cartItem{product: p, Amount: n})
	}
	return items
}

// cartTotal is the sum that the script writes under the rows: it adds up the
// rows' prices, each of which already counts the amount.
func cartTotal(items []cartItem) string {
	cents := 0
	for _, item := range items {
		cents += item.Cents * item.Amount
	}
	return euro(cents)
}

// Price is the price of the whole row.
func (c cartItem) Price() string { return euro(c.Cents * c.Amount) }
