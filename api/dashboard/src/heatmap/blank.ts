import { FULL_SNAPSHOT, META, type RecordedEvent } from '../replay/protocol'

/** Meta and snapshot of an empty white page, for points that have no recorded page to lie on. */
export function blankPage(width: number, height: number): RecordedEvent[] {
  const style = `margin:0;height:${Math.round(height)}px;background:#fff`
  const element = (id: number, tagName: string, attributes: Record<string, string>, childNodes: unknown[]) => ({
    type: 2,
    id,
    tagName,
    attributes,
    childNodes,
  })
  const node = {
    type: 0,
    id: 1,
    childNodes: [
      { type: 1, id: 2, name: 'html', publicId: '', systemId: '' },
      element(3, 'html', {}, [element(4, 'head', {}, []), element(5, 'body', { style }, [])]),
    ],
  }
  return [
    { type: META, timestamp: 0, data: { href: 'about:blank', width, height: 800 } },
    { type: FULL_SNAPSHOT, timestamp: 1, data: { node, initialOffset: { top: 0, left: 0 } } },
  ]
}
