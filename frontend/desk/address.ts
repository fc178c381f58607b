/** What lies in the list at the left: conversations, or cases. */
export type Section = 'inbox' | 'cases'

/** The address bar: /desk, /desk/{conversation}, /desk/cases, /desk/cases/{conversation}. */
const FORM = /^\/desk(\/cases)?(?:\/([^/]+))?\/?$/

export const conversationAt = (path: string): string | null => FORM.exec(path)?.[2] ?? null
export const sectionAt = (path: string): Section => FORM.exec(path)?.[1] ? 'cases' : 'inbox'

export const pathOf = (id: string | null, section: Section = 'inbox'): string =>
  ['/desk', section === 'cases' ? '/cases' : '', id ? `/${id}` : ''].join('')

/** One step of the history: which conversation, from which list, and whether its facts lie open over it. */
export interface Step {
  id: string | null
  facts: boolean
  section: Section
  /** The case that was chosen, where a conversation has several. */
  caseId?: string | null
}

export function visit(step: Step, how: 'push' | 'replace' = 'push'): void {
  const path = pathOf(step.id, step.section) + location.search
  if (how === 'push') history.pushState(step, '', path)
  else history.replaceState(step, '', path)
}

export function present(): Step {
  const kept = history.state as Step | null
  return { id: conversationAt(location.pathname), section: sectionAt(location.pathname), facts: kept?.facts ?? false, caseId: kept?.caseId ?? null }
}
