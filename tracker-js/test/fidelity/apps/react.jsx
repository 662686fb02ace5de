/** A list with keyed rows, a portal, a context and a style that changes. */
import { createContext, useContext, useState } from "react";
import { createPortal, flushSync } from "react-dom";
import { createRoot } from "react-dom/client";

const Theme = createContext("light");

function Row({ item, toggle }) {
  const theme = useContext(Theme);
  return (
    <li style={{ color: item.done ? "rgb(0, 120, 0)" : theme === "dark" ? "rgb(200, 200, 255)" : undefined }}>
      <input type="checkbox" checked={item.done} onChange={() => toggle(item.id)} /> {item.text} {item.done && <em>done</em>}
    </li>
  );
}

function App() {
  const [items, setItems] = useState(["tea", "milk", "bread"].map((text, id) => ({ id, text, done: false })));
  const [word, setWord] = useState("");
  const [open, setOpen] = useState(false);
  const [theme, setTheme] = useState("light");
  const add = () => flushSync(() => {
    setItems([...items, { id: items.length, text: word, done: false }]);
    setWord("");
  });
  return (
    <Theme.Provider value={theme}>
      <section className={theme} style={{ background: theme === "dark" ? "rgb(20, 20, 40)" : "rgb(250, 250, 250)" }}>
        <input id="new" value={word} onChange={(e) => setWord(e.target.value)} />
        <button id="add" onClick={add}>Add</button>
        <button id="sort" onClick={() => setItems([...items].sort((a, b) => (a.text < b.text ? -1 : 1)))}>Sort</button>
        <button id="theme" onClick={() => setTheme(theme === "dark" ? "light" : "dark")}>Theme</button>
        <button id="modal-open" onClick={() => setOpen(!open)}>Modal</button>
        <ul>{items.map((item) => <Row key={item.id} item={item} toggle={(id) => setItems(items.map((i) => (i.id === id ? { ...i, done: !i.done } : i)))} />)}</ul>
        {items.length > 3 ? <p>{items.length} things</p> : <><b>few</b> things</>}
        {open && createPortal(<div className="portal">In a portal <i>{word}</i></div>, document.querySelector("#modal"))}
      </section>
    </Theme.Provider>
  );
}

flushSync(() => createRoot(document.querySelector("#root")).render(<App />));
