/** Pages with fields, dialogs and other things that hold a state of their own. */
import { click, define, type FidelityPage, run, type as keys } from "../define";

export const forms: FidelityPage[] = [
  define("form", {
    css: "input:checked+span{color:rgb(0,130,0)}input:invalid{border-color:red}fieldset:disabled{opacity:.5}",
    body: `<form><label>Name <input id=name value=Ada></label><textarea id=note rows=3>old note</textarea>
      <select id=one><option>a<option selected>b<option>c</select><select id=many multiple size=3><option selected>x<option>y<option>z</select>
      <label><input type=checkbox id=box><span>yes</span></label><label><input type=radio name=r value=1 checked><span>1</span></label><label><input type=radio name=r value=2 id=r2><span>2</span></label>
      <input type=range id=range min=0 max=10 value=3><input type=number id=num value=4><input type=date id=date><input type=color id=col value="#ff0000"><fieldset id=set><legend>Set</legend><input id=inset value=in><button type=button>B</button></fieldset><output>out</output></form>`,
    steps: [
      keys("#name", " L."),
      click("#box"),
      run(`document.querySelector("#name").value = "by script"; document.querySelector("#r2").checked = true`),
      (p) => p.selectOption("#one", "c"),
      (p) => p.selectOption("#many", ["y", "z"]),
      (p) => p.fill("#note", "line one\nline two"),
      run(`document.querySelector("#set").disabled = true; document.querySelector("#num").value = 7; document.querySelector("output").value = "said"`),
      run(`const r = document.querySelector("#range"); r.value = 9; r.dispatchEvent(new Event("input", { bubbles: true }))`),
      run(`document.querySelector("#one").add(new Option("d")); document.querySelector("#one").selectedIndex = 3; document.querySelector("#box").checked = false`),
    ],
  }),
  define("form-reset", {
    body: `<form id=f><input id=a value=first><input id=c type=checkbox checked><select id=s><option>1<option>2</select><textarea id=t>text</textarea></form><button id=more>more</button>`,
    script: `document.querySelector("#more").onclick = () => document.querySelector("#f").insertAdjacentHTML("beforeend", "<p><input class=row value=row><input type=checkbox class=tick></p>")`,
    steps: [
      keys("#a", "!"),
      click("#c"),
      click("#more"),
      keys(".row", " one"),
      click(".tick"),
      run(`document.querySelector("#f").reset()`),
    ],
  }),
  define("dialogs", {
    css: "dialog{width:200px}dialog::backdrop{background:#0008}dialog[open]{color:rgb(0,0,120)}",
    body: `<button id=o>open</button><dialog id=d><p>Modal</p><form method=dialog><button id=x>close</button></form></dialog><dialog id=e>Plain</dialog><dialog open>Open from the start</dialog>`,
    script: `document.querySelector("#o").onclick = () => document.querySelector("#d").showModal()`,
    steps: [
      click("#o"),
      run(`document.querySelector("#d p").textContent = "Changed"`),
      click("#x"),
      run(`document.querySelector("#e").show()`),
      run(`document.querySelector("#e").close(); document.querySelector("#d").showModal()`),
      run(`document.body.insertAdjacentHTML("beforeend", "<dialog id=l>late</dialog>"); document.querySelector("#l").showModal()`),
    ],
  }),
  define("disclosure", {
    css: "details[open]{background:#efe}summary{font-weight:700}",
    body: `<details id=a><summary>A</summary><p>content a</p></details><details id=b open name=g><summary>B</summary>content b</details><details id=c name=g><summary>C</summary>content c</details>`,
    steps: [
      click("#a summary"),
      click("#c summary"),
      run(`document.querySelector("#a").open = false`),
      run(`document.querySelector("#a").innerHTML += "<p>more</p>"`),
      click("#a summary"),
      run(`document.querySelector("#b").toggleAttribute("open")`),
    ],
  }),
  define("popovers", {
    css: "[popover]{padding:9px;background:#ffd}",
    body: `<button id=o popovertarget=p>open</button><div id=p popover>popped <b>out</b></div><div id=m popover=manual>manual</div>`,
    steps: [
      click("#o"),
      run(`document.querySelector("#p b").textContent = "changed"`),
      run(`document.querySelector("#p").hidePopover()`),
      run(`document.querySelector("#m").showPopover()`),
      run(`document.body.insertAdjacentHTML("beforeend", "<div id=l popover>late</div>"); document.querySelector("#l").showPopover()`),
      run(`document.querySelector("#m").hidePopover()`),
    ],
  }),
  define("written", {
    css: "[contenteditable]{border:1px solid #ccc;padding:6px}.tag{background:#def}",
    body: `<div id=e contenteditable>Write <b>here</b>, please.</div><p contenteditable=plaintext-only id=q>plain</p>`,
    steps: [
      (p) => p.click("#e"),
      (p) => p.keyboard.type("added "),
      (p) => p.keyboard.press("Enter"),
      (p) => p.keyboard.type("a new line"),
      run(`document.execCommand("bold"); document.querySelector("#e").insertAdjacentHTML("beforeend", "<span class=tag>tag</span>")`),
      (p) => p.keyboard.press("Control+A").then(() => p.keyboard.type("all new")),
    ],
  }),
  define("masked-form", {
    masked: true,
    body: `<form><input id=a value=secret1><input id=b><textarea id=t>secret2</textarea><select id=s><option>first<option>second</select><input type=checkbox id=c></form><p class=rr-mask>hidden words <b>too</b></p><div class=rr-block style="width:90px;height:30px">blocked</div><p>plain words</p>`,
    steps: [
      keys("#a", "more"),
      keys("#b", "typed"),
      run(`document.querySelector(".rr-mask b").textContent = "changed"`),
      (p) => p.selectOption("#s", "second"),
      run(`document.querySelector("#b").value = ""; document.querySelector(".rr-block").textContent = "still blocked"`),
      run(`document.querySelector("form").append(document.querySelector("#t"))`),
    ],
  }),
];
