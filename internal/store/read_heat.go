package store

import (
	"context"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"hindsight/internal/heatmap"
)

// HeatQuery chooses heat points of one page.
type HeatQuery struct {
	Period
	Path   string
	Kind   string       // click, move, scroll
	Device string       // "": all
	Band   heatmap.Band // zero: all widths
}

func (q HeatQuery) args(more ...any) []any {
	widest := q.Band.Max
	if widest == 0 {
		widest = 65535
	}
	args := append(q.Period.args(),
		named("path", q.Path), named("kind", q.Kind), named("device", q.Device),
		named("min_width", q.Band.Min), named("max_width", widest))
	return append(args, more...)
}

// query is the file for what the query asks for: movement lies in a table of its own.
func (q HeatQuery) query(points, moves string) string {
	if q.Kind == "move" {
		return moves
	}
	return points
}

// HeatWidths returns how much was clicked (times) or moved (ms) at each viewport
// width, whatever the band of the query.
func (s *Store) HeatWidths(ctx context.Context, v Visible, q HeatQuery) ([]heatmap.WidthCount, error) {
	var out []heatmap.WidthCount
	err := s.each(ctx, q.query("read_heat_widths", "read_heat_move_widths"), func(rows driver.Rows) error {
		var width uint16
		var count uint64
		err := rows.Scan(&width, &count)
		out = append(out, heatmap.WidthCount{Width: int(width), Count: count})
		return err
	}, v.Args(q.args()...)...)
	return out, err
}

// HeatSessions returns in how many sessions something happened.
func (s *Store) HeatSessions(ctx context.Context, v Visible, q HeatQuery) (uint64, error) {
	var sessions uint64
	err := s.each(ctx, q.query("read_heat_sessions", "read_heat_move_sessions"), func(rows driver.Rows) error { return rows.Scan(&sessions) }, v.Args(q.args()...)...)
	return sessions, err
}

// HeatClicks calls each for every cell of clicks.
func (s *Store) HeatClicks(ctx context.Context, v Visible, q HeatQuery, each func(heatmap.Click)) error {
	args := q.args(named("box_cells", heatmap.BoxCells), named("page_cell", heatmap.PageCell))
	return s.each(ctx, "read_heat_clicks", func(rows driver.Rows) error {
		var c heatmap.Click
		var width uint16
		var fixed uint8
		if err := rows.Scan(&c.Selector, &width, &fixed, &c.Weight, &c.FX, &c.FY, &c.X, &c.Y); err != nil {
			return err
		}
		c.Width, c.Fixed = int(width), fixed == 1
		each(c)
		return nil
	}, v.Args(args...)...)
}

// HeatElements returns how often each element was clicked, in no order.
func (s *Store) HeatElements(ctx context.Context, v Visible, q HeatQuery) ([]heatmap.ElementCount, error) {
	var out []heatmap.ElementCount
	err := s.each(ctx, "read_heat_elements", func(rows driver.Rows) error {
		var e heatmap.ElementCount
		err := rows.Scan(&e.Selector, &e.Count, &e.Sessions)
		out = append(out, e)
		return err
	}, v.Args(q.args()...)...)
	return out, err
}

// HeatMoves returns the heaviest cells of movement, at most limit of them.
func (s *Store) HeatMoves(ctx context.Context, v Visible, q HeatQuery, limit int) ([]heatmap.Dwell, error) {
	var out []heatmap.Dwell
	err := s.each(ctx, "read_heat_moves", func(rows driver.Rows) error {
		var x, y int32
		var weight uint64
		err := rows.Scan(&x, &y, &weight)
		out = append(out, heatmap.Dwell{X: int(x), Y: int(y), Weight: weight})
		return err
	}, v.Args(q.args(named("limit", limit))...)...)
	return out, err
}

// ScrolledViews is page views at one viewport width that were seen down to one
// place.
type ScrolledViews struct {
	Width int
	heatmap.Reached
}

// HeatScroll returns page views by how far down they were seen, whatever the
// band of the query.
func (s *Store) HeatScroll(ctx context.Context, v Visible, q HeatQuery) ([]ScrolledViews, error) {
	var out []ScrolledViews
	err := s.each(ctx, "read_heat_scroll", func(rows driver.Rows) error {
		var width, height uint16
		var lowest int64
		var views ScrolledViews
		if err := rows.Scan(&width, &height, &lowest, &views.Count); err != nil {
			return err
		}
		views.Width, views.ViewportH, views.Lowest = int(width), int(height), int(lowest)
		out = append(out, views)
		return nil
	}, v.Args(q.args(named("step", heatmap.ReachStep))...)...)
	return out, err
}
