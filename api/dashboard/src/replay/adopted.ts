/**
 * Adopted style sheets in documents that the Replayer itself makes anew.
 *
 * Seeking, the Replayer puts elements that change their place among their siblings into the page again, and browsers
 * begin another document in a frame that is moved. What was adopted in the one before is gone, and its sheets are
 * refused in the new one (NotAllowedError): the whole seek ended there. So sheets are made again where their document
 * is another, and roots that have lost theirs get them back.
 */

interface Style {
  styleId: number
}

/** The event that a document or shadow root adopts sheets. */
interface Adoption {
  id: number
  styleIds: number[]
  styles?: Style[]
}

/** What is used of the Replayer; its types hide some of it. */
interface Inside {
  applyAdoptedStyleSheet(data: Adoption): void
  styleMirror: { getStyle(styleId: number): CSSStyleSheet | null }
  getMirror(): { getNode(id: number): Node | null }
  on(event: 'flush' | 'play-back' | 'fullsnapshot-rebuilded', then: () => void): unknown
}

export function keepAdopted(replayer: object): void {
  const inside = replayer as Inside
  const told = inside.applyAdoptedStyleSheet.bind(inside)
  const definitions = new Map<number, Style>()
  /** The document that each sheet was made for. */
  const homes = new WeakMap<CSSStyleSheet, Document | null>()
  /** What each root was told, the last to be told at the end: a document written anew is told under another id. */
  const lists = new Map<number, number[]>()

  const rootOf = (id: number): Document | ShadowRoot | null => {
    const node = inside.getMirror().getNode(id)
    return node?.nodeType === Node.DOCUMENT_NODE ? (node as Document) : ((node as Element | null)?.shadowRoot ?? null)
  }
  const adopt = ({ id, styleIds, styles = [] }: Adoption): void => {
    const root = rootOf(id)
    if (!root) return
    const home = root.ownerDocument ?? (root as Document)
    const needed = [...styles]
    for (const styleId of styleIds) {
      const sheet = inside.styleMirror.getStyle(styleId)
      const definition = definitions.get(styleId)
      if (definition && !styles.includes(definition) && (!sheet || homes.get(sheet) !== home)) needed.push(definition)
    }
    told({ id, styleIds, styles: needed })
    for (const { styleId } of needed) {
      const sheet = inside.styleMirror.getStyle(styleId)
      if (sheet) homes.set(sheet, home)
    }
  }

  inside.applyAdoptedStyleSheet = (data) => {
    for (const style of data.styles ?? []) definitions.set(style.styleId, style)
    lists.delete(data.id)
    lists.set(data.id, data.styleIds)
    adopt(data)
  }
  inside.on('flush', () => {
    const last = new Map([...lists].map(([id, styleIds]) => [rootOf(id), { id, styleIds }]))
    for (const [root, adoption] of last) {
      const sheets = root?.adoptedStyleSheets
      if (sheets && adoption.styleIds.some((s, i) => inside.styleMirror.getStyle(s) !== sheets[i])) adopt(adoption)
    }
  })
  for (const again of ['play-back', 'fullsnapshot-rebuilded'] as const) inside.on(again, () => lists.clear())
}
