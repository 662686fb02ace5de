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

/** An element's box in the coordinates of the page that holds it all, inner frames added up. */
export function pageBox(element: Element, page: Window): Box {
  const rect = element.getBoundingClientRect()
  let x = rect.x
  let y = rect.y
  let view = element.ownerDocument.defaultView
  while (view && view !== page) {
    const holder: Element | null = view.frameElement
    if (!holder) break
    const outer = holder.getBoundingClientRect()
    x += outer.x + holder.clientLeft
    y += outer.y + holder.clientTop
    view = holder.ownerDocument.defaultView
  }
  return { x: x + page.scrollX, y: y + page.scrollY, width: rect.width, height: rect.height }
}
