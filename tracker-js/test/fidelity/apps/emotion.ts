/** Styles made at run time and put in by `insertRule` alone, as CSS-in-JS libraries do in production. */
import createEmotion from "@emotion/css/create-instance";

const { css, injectGlobal, sheet } = createEmotion({ key: "em", speedy: true });
const root = document.querySelector("#root") as HTMLElement;
const buttons = ["tone", "many", "global"].map((id) => Object.assign(document.createElement("button"), { id, textContent: id }));
const text = Object.assign(document.createElement("p"), { textContent: "styled words" });
const list = document.createElement("ul");
root.append(...buttons, text, list);

let tone = 0;
buttons[0]!.onclick = () => {
  tone += 60;
  text.className = css({ color: `rgb(${tone}, 0, 90)`, fontSize: 14 + tone / 30, "&:hover": { opacity: 0.9 }, "@media (min-width: 100px)": { fontWeight: 700 } });
};
let rows = 0;
buttons[1]!.onclick = () => {
  for (let n = 0; n < 40; n++) {
    const li = document.createElement("li");
    li.className = css`background-color: rgb(${rows}, ${rows * 2}, 200); padding: ${1 + (rows % 5)}px;`;
    li.textContent = `row ${rows++}`;
    list.append(li);
  }
};
buttons[2]!.onclick = () => {
  injectGlobal("li { letter-spacing: 1px; } ul { margin: 3px; }");
  if (sheet.tags.length > 3) sheet.flush();
};
text.className = css`color: rgb(0, 90, 0);`;
