/** Tabs, a keyed list that is shuffled, and a filter. */
import { render } from "preact";
import { useState } from "preact/hooks";

function App() {
  const [list, setList] = useState([1, 2, 3, 4, 5, 6, 7]);
  const [count, setCount] = useState(0);
  const [tab, setTab] = useState(1);
  const [filter, setFilter] = useState("");
  return (
    <main>
      <button id="next" onClick={() => { setCount(count + 1); setList([...list.slice(1), 8 + count]); }}>Next {count}</button>
      <button id="shuffle" onClick={() => setList(list.map((n, i) => list[(i * 3) % list.length] ?? n))}>Shuffle</button>
      <button id="tab-1" onClick={() => setTab(1)}>One</button>
      <button id="tab-2" onClick={() => setTab(2)}>Two</button>
      <input id="filter" value={filter} onInput={(e) => setFilter(e.currentTarget.value)} />
      {tab === 1 ? <ol>{list.filter((n) => `${n}`.includes(filter)).map((n) => <li key={n} class={n % 2 ? "odd" : "even"}>item {n}</li>)}</ol>
        : <table><tbody>{list.map((n) => <tr key={n}><td>{n}</td><td>{n * n}</td></tr>)}</tbody></table>}
    </main>
  );
}

render(<App />, document.querySelector("#root"));
