/**
 * Rules that scripts put into `<style>` elements, in elements that the Replayer puts into the page again.
 *
 * Seeking, the Replayer gathers changes in a virtual document and then orders the page by it. An element that is taken out
 * and put in again for that, or whose frame is, begins with the rules of its text alone: whatever was inserted, deleted or
 * changed before this seek was lost. So the virtual elements are given what theirs had when the seek began.
 */

/** A change of rules, or (`kept`) the rules that a sheet had. */
interface Change {
  id?: number
  source: number
  kept?: { sheet: CSSStyleSheet; rules: string[] }
}

interface Mutation {
  removes: unknown[]
  adds: unknown[]
  texts: unknown[]
  attributes: unknown[]
}

/** What is used of the Replayer; its types hide some of it. */
interface Inside {
  config: { useVirtualDom: boolean }
  usingVirtualDom: boolean
  virtualDom: { mirror: { getNode(id: number): { rules?: Change[] } | null } }
  applyMutation(data: Mutation, isSync: boolean): void
  applyStyleSheetRule(data: Change, sheet: CSSStyleSheet): void
  applyStyleDeclaration(data: Change, sheet: CSSStyleSheet): void
  getMirror(): { getNode(id: number): Node | null }
  on(event: 'play-back' | 'fullsnapshot-rebuilded', then: () => void): unknown
}

/** The source of events that change rules. */
const RULES = 8

/** Undefined where there is no sheet, or one of another origin, which may not be read. */
function rulesOf(sheet: CSSStyleSheet | null | undefined): string[] | undefined {
  try {
    return sheet ? Array.from(sheet.cssRules, (rule) => rule.cssText) : undefined
  } catch {
    return undefined
  }
}

function putBack(sheet: CSSStyleSheet, rules: string[]): void {
  while (sheet.cssRules.length) sheet.deleteRule(0)
  for (const rule of rules)
    try {
      sheet.insertRule(rule, sheet.cssRules.length)
    } catch {
      // This browser does not know it.
    }
}

export function keepRules(replayer: object): void {
  const inside = replayer as Inside
  const mutate = inside.applyMutation.bind(inside)
  const change = inside.applyStyleSheetRule.bind(inside)
  const declare = inside.applyStyleDeclaration.bind(inside)
  /** Elements whose rules are not those of their text. */
  const changed = new Set<number>()

  inside.applyStyleSheetRule = (data, sheet) => {
    if (data.id) changed.add(data.id)
    if (!data.kept) change(data, sheet)
    else if (data.kept.sheet !== sheet) putBack(sheet, data.kept.rules)
  }
  inside.applyStyleDeclaration = (data, sheet) => {
    if (data.id) changed.add(data.id)
    declare(data, sheet)
  }
  inside.applyMutation = (data, isSync) => {
    if (inside.config.useVirtualDom && isSync && !inside.usingVirtualDom) {
      // Makes the virtual document, before anything changes in it: where a text changes its rules are forgotten.
      mutate({ ...data, removes: [], adds: [], texts: [], attributes: [] }, isSync)
      for (const id of changed) {
        const sheet = (inside.getMirror().getNode(id) as HTMLStyleElement | null)?.sheet
        const rules = rulesOf(sheet)
        if (sheet && rules) inside.virtualDom.mirror.getNode(id)?.rules?.push({ source: RULES, id, kept: { sheet, rules } })
        else changed.delete(id)
      }
    }
    mutate(data, isSync)
  }
  for (const again of ['play-back', 'fullsnapshot-rebuilded'] as const) inside.on(again, () => changed.clear())
}
