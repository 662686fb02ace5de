-- Attention: how long each band of a page was in sight. Such a heat point has its band's top in y, the band's height
-- in x, the ms in weight, and in part the place in its signal.

ALTER TABLE heat_points
    MODIFY COLUMN IF EXISTS kind Enum8('click' = 1, 'move' = 2, 'scroll' = 3, 'attention' = 4);
