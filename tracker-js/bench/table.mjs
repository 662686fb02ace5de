/** Figures out of measured medians: what is told, against which goal. */

/**
 * `of(series, variant, field)` is a median; `chosen` names the series that were run. A goal is a ratio to rrweb's figure
 * (`most`) or a bound (`bound`); sizes come from the build's manifest.
 */
export function table(chosen, of, manifest) {
  const figures = [];
  const add = (what, { ours, rrweb, most, bound, goal }) => {
    const ratio = rrweb > 0 ? ours / rrweb : undefined;
    const met = most !== undefined ? ratio !== undefined && ratio <= most : bound !== undefined ? ours <= bound : undefined;
    figures.push({ what, ours, rrweb, ratio, goal, met });
  };
  /** Over a page with nothing in it. */
  const over = (series, variant, field) => of(series, variant, field) - of(series, "none", field);
  const both = (series, field) => ({ ours: over(series, "ours", field), rrweb: over(series, "rrweb", field) });
  const report = {
    start() {
      add("load and start at 5,000 elements, core and recorder, thread ms", {
        ours: over("start", "lean", "sum"), rrweb: over("start", "rrweb", "sum"), most: 0.35, goal: "ratio ≤ 0.35",
      });
      add("  the whole tracker: late part, web-vitals, compression too", { ...both("start", "sum"), goal: "" });
      add("longest task of the start at 5,000 elements, thread ms", {
        ours: of("start", "ours", "longest"), rrweb: of("start", "rrweb", "longest"), most: 0.3, goal: "ratio ≤ 0.30",
      });
    },
    huge() {
      add("longest task of the start at 100,000 nodes, thread ms", {
        ours: of("huge", "ours", "longest"), rrweb: of("huge", "rrweb", "longest"), bound: 50, goal: "< 50 ms",
      });
      add("  the same page with nothing in it", { ours: of("huge", "none", "longest"), goal: "" });
      add("  all of the start, thread ms over none", { ...both("huge", "sum"), goal: "" });
    },
    work() {
      add("2,000 changes, 2,000 moves, 200 scrolls: script, ms over none", { ...both("work", "script"), most: 0.5, goal: "ratio ≤ 0.50" });
      add("  all tasks, ms over none", { ...both("work", "task"), goal: "" });
    },
    lazy() {
      add("page that is not laid out: all tasks of its load, ms over none", { ...both("lazy", "task"), most: 0.43, goal: "ratio ≤ 0.43" });
    },
    idle() {
      const minute = ({ ours, rrweb }) => ({ ours: 6 * ours, rrweb: 6 * rrweb });
      add("a minute in which nothing happens, thread ms over none", { ...minute(both("idle", "task")), goal: "" });
    },
    minute() {
      add("heavy minute on the wire, KB", {
        ours: of("minute", "ours", "kilobytes"), rrweb: of("minute", "rrweb", "kilobytes"), bound: 80, goal: "≤ 80 KB",
      });
    },
  };
  for (const name of chosen) report[name]();
  const sizes = Object.values(manifest.files);
  const size = (role) => sizes.find((f) => f.role === role)?.brotli ?? 0;
  add("core, bytes brotli", { ours: size("core"), bound: 4096, goal: "≤ 4,096 (never above 6,144)" });
  add("core and recorder, bytes brotli", { ours: size("core") + size("recorder"), bound: 9700, goal: "≤ 9,700 (never above 14,336)" });
  return figures;
}
