/** A list of 10,000 rows of which only those in view exist, its nodes used again. */
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";

const list = document.querySelector("#list") as HTMLDivElement;
const inner = document.createElement("div");
inner.style.position = "relative";
list.append(inner);

const rows: HTMLDivElement[] = [];
const draw = (): void => {
  const items = virtual.getVirtualItems();
  inner.style.height = `${virtual.getTotalSize()}px`;
  while (rows.length < items.length) {
    const row = document.createElement("div");
    row.onclick = () => row.classList.toggle("chosen");
    rows.push(row);
    inner.append(row);
  }
  for (const row of rows.splice(items.length)) row.remove();
  items.forEach((item, i) => {
    const row = rows[i] as HTMLDivElement;
    row.dataset.index = String(item.index);
    row.style.cssText = `position: absolute; top: 0; height: 24px; transform: translateY(${item.start}px)`;
    row.innerHTML = `<b>${item.index}</b> row of many`;
  });
};
const virtual = new Virtualizer<HTMLDivElement, HTMLDivElement>({
  count: 10_000,
  getScrollElement: () => list,
  estimateSize: () => 24,
  observeElementRect,
  observeElementOffset,
  scrollToFn: elementScroll,
  onChange: draw,
});
virtual._didMount();
virtual._willUpdate();
draw();
