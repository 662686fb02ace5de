/** Markup that random changes insert: `#` stands for a number of its own. */
export const SNIPPETS = [
  "<p class=c1>para # <b>bold #</b> tail</p>",
  "<div class='c2 c3'>box # <span>inner #</span><span class=c1>second #</span></div>",
  "<ul><li>one #</li><li>two #</li><li class=c3>three #</li></ul>",
  "<table><tr><td>a#</td><td colspan=2>b#</td></tr><tr><td>c#</td></tr></table>",
  "<svg width=40 height=20 viewBox='0 0 40 20'><g><rect width=20 height=10 fill=teal></rect><text x=2 y=12>t#</text></g></svg>",
  "<form><input value='v#'><input type=checkbox checked><textarea>area #</textarea><select><option>x#</option><option selected>y#</option></select></form>",
  "<details open><summary>sum #</summary><p>more #</p></details>",
  "<section dir=rtl lang=ar><h3>head #</h3>loose # text<!-- aside #--> after</section>",
  "<x-chaos class=c2>custom #<i slot=s>slotted #</i></x-chaos>",
  "<style>.c3{letter-spacing:1px}.c4{background-color:rgb(1,2,#)}</style>",
  "<button type=button style='color:rgb(9,9,#)'>press #</button>",
  "<template><p>inert #</p></template>",
  "text only # ",
] as const;

/** Documents that frames are given. */
export const FRAME_PAGES = [
  "<!doctype html><html><head><style>p{color:rgb(90,0,#)}</style></head><body><p>framed #</p><div class=c1>div #</div></body></html>",
  "<p>quirky #</p><ul><li>f#</li><li>g#</li></ul>",
  "<!doctype html><body><h4>nest #</h4><iframe srcdoc='<p>deep #</p>' width=120 height=50></iframe></body>",
] as const;
