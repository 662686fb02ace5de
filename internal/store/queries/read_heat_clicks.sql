-- Clicks on a page in cells: 1/box_cells of the element's box and page_cell px of
-- the page (internal/heatmap), a cell being given by the means of its clicks.
SELECT selector, viewport_w, fixed, sum(weight) AS total,
       sum(weight * toFloat64(fx)) / total, sum(weight * toFloat64(fy)) / total,
       sum(weight * toFloat64(x)) / total, sum(weight * toFloat64(y)) / total
FROM heat_points FINAL
WHERE $visible(data)
  AND day BETWEEN {from_day:Date} AND {to_day:Date}
  AND path = {path:String} AND kind = 'click'
  AND viewport_w BETWEEN {min_width:UInt16} AND {max_width:UInt16}
  AND at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  AND ({device:String} = '' OR device = {device:String})
GROUP BY selector, viewport_w, fixed,
         intDiv(fx * {box_cells:UInt32}, 65536), intDiv(fy * {box_cells:UInt32}, 65536),
         floor(x / {page_cell:UInt32}), floor(y / {page_cell:UInt32})
