/**
 * Finds what a selector of the wire protocol names: CSS parts joined by ` > `, with ` >>> ` into an open shadow root
 * and ` >>>f ` into a same-origin frame. Answers null where the shown page has no such element.
 */
export function locate(root: Document, selector: string): Element | null {
  let scope: ParentNode = root
  let found: Element | null = null
  for (const step of steps(selector)) {
    if (found && step.into === 'shadow') {
      if (!found.shadowRoot) return null
      scope = found.shadowRoot
    } else if (found && step.into === 'frame') {
      const inner: Document | null = frameDocument(found)
      if (!inner) return null
      scope = inner
    }
    try {
      found = scope.querySelector(step.css)
    } catch {
      return null // a recorded selector may be anything
    }
    if (!found) return null
  }
  return found
}

type Step = { into: 'page' | 'shadow' | 'frame'; css: string }

export function steps(selector: string): Step[] {
  const result: Step[] = []
  let into: Step['into'] = 'page'
  for (const part of selector.split(/\s(>>>f?)\s/)) {
    if (part === '>>>') into = 'shadow'
    else if (part === '>>>f') into = 'frame'
    else result.push({ into, css: part.trim() })
  }
  return result
}

function frameDocument(element: Element): Document | null {
  try {
    return (element as HTMLIFrameElement).contentDocument ?? null
  } catch {
    return null
  }
}

export type Box = { x: number; y: number; width: number; height: number }

/**
 * The box that a click's place in an element was told by, in the coordinates of the page that holds it all, inner frames
 * added up.
 */
export function pageBox(element: Element, page: Window): Box {
  const rect = drawnBox(element)
  const box = { x: rect.x, y: rect.y, width: rect.width, height: rect.height }
  let view = element.ownerDocument.defaultView
  while (view && view !== page) {
    const holder = view.frameElement as HTMLElement | null
    if (!holder) break
    const outer = holder.getBoundingClientRect()
    const { paddingLeft, paddingTop } = view.parent.getComputedStyle(holder)
    // Its document lies inside border and padding, and is drawn as large as zoom and transforms make the frame.
    const scale = { x: outer.width / (holder.offsetWidth || 1), y: outer.height / (holder.offsetHeight || 1) }
    box.x = outer.x + (box.x + holder.clientLeft + parseFloat(paddingLeft)) * scale.x
    box.y = outer.y + (box.y + holder.clientTop + parseFloat(paddingTop)) * scale.y
    box.width *= scale.x
    box.height *= scale.y
    view = holder.ownerDocument.defaultView
  }
  return { ...box, x: box.x + page.scrollX, y: box.y + page.scrollY }
}

/** As the tracker has it: an area of a map is drawn in its image, what has no box (`display: contents`) where its contents are. */
function drawnBox(element: Element): DOMRect {
  const rect = element.getBoundingClientRect()
  if (rect.width > 0 || rect.height > 0) return rect
  const map = element.closest('map')
  const image = map && (element.getRootNode() as ParentNode).querySelector(`[usemap="#${CSS.escape(map.name)}"]`)
  if (image) return image.getBoundingClientRect()
  const range = element.ownerDocument.createRange()
  range.selectNodeContents(element)
  return range.getBoundingClientRect()
}
