/** The rebuilt document as text, open shadow roots included; for end-to-end tests. */
export function serializeDocument(iframe: HTMLIFrameElement): {
  html: string
  width: number
  height: number
} {
  const root = iframe.contentDocument?.documentElement
  if (!root) return { html: '', width: 0, height: 0 }
  const open = root.cloneNode(false) as HTMLElement
  open.textContent = ''
  const tag = open.outerHTML.replace(/<\/html>$/i, '')
  return {
    html: `${tag}${root.getHTML({ shadowRoots: shadowRootsOf(root) })}</html>`,
    width: iframe.clientWidth,
    height: iframe.clientHeight,
  }
}

function shadowRootsOf(root: Element): ShadowRoot[] {
  const found: ShadowRoot[] = []
  const visit = (parent: Element | ShadowRoot) => {
    for (const element of parent.querySelectorAll('*')) {
      if (!element.shadowRoot) continue
      found.push(element.shadowRoot)
      visit(element.shadowRoot)
    }
  }
  visit(root)
  return found
}
