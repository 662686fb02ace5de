/** A chart: paths by d3-shape, drawn as SVG by Preact, with an HTML legend inside. */
import { arc, area, curveMonotoneX, line, pie, stack } from "d3-shape";
import { render } from "preact";
import { useState } from "preact/hooks";


const data = (round) => Array.from({ length: 12 }, (_, x) => ({ x, a: 20 + ((x * 7 + round * 13) % 40), b: 10 + ((x * 11 + round * 5) % 30) }));

function Chart() {
  const [round, setRound] = useState(0);
  const [stacked, setStacked] = useState(false);
  const [legend, setLegend] = useState(true);
  const rows = data(round);
  const x = (d) => 10 + (d.x ?? d.data.x) * 30;
  const lines = ["a", "b"].map((key) => line().x(x).y((d) => 150 - d[key]).curve(curveMonotoneX)(rows));
  const areas = stack().keys(["a", "b"])(rows).map(area().x(x).y0((d) => 150 - d[0]).y1((d) => 150 - d[1]));
  const slices = pie()(rows.slice(0, 4).map((d) => d.a)).map(arc().innerRadius(10).outerRadius(30));
  return (
    <div>
      <button id="next" onClick={() => setRound(round + 1)}>Next</button>
      <button id="stack" onClick={() => setStacked(!stacked)}>Stack</button>
      <button id="legend" onClick={() => setLegend(!legend)}>Legend</button>
      <svg width="400" height="180" viewBox="0 0 400 180">
        <g class="axis" transform="translate(0,150)">{rows.map((d) => <g key={d.x} transform={`translate(${x(d)},0)`}><line y2="6" stroke="black" /><text y="18" text-anchor="middle">{d.x}</text></g>)}</g>
        {stacked ? areas.map((d, i) => <path key={i} d={d} fill={i ? "teal" : "orange"} fill-opacity=".6" />)
          : lines.map((d, i) => <path key={i} d={d} fill="none" stroke={i ? "teal" : "orange"} stroke-width="2" />)}
        <g transform="translate(340,40)">{slices.map((d, i) => <path key={i} d={d} fill={`hsl(${i * 80} 60% 50%)`}><title>slice</title></path>)}</g>
        {legend && <foreignObject x="10" y="0" width="120" height="30"><div style={{ color: "rgb(0, 0, 120)" }}>Round {round}</div></foreignObject>}
      </svg>
    </div>
  );
}

render(<Chart />, document.querySelector("#root"));
