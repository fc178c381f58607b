/** The address bar: /desk, /desk/{conversation}. */
export const conversationAt = (path: string): string | null => /^\/desk\/([^/]+)\/?$/.exec(path)?.[1] ?? null

export const pathOf = (id: string | null): string => (id ? `/desk/${id}` : '/desk')

/** One step of the history: which conversation, and whether its facts lie open over it. */
export interface Step {
  id: string | null
  facts: boolean
}

export function visit(step: Step, how: 'push' | 'replace' = 'push'): void {
  const path = pathOf(step.id) + location.search
  if (how === 'push') history.pushState(step, '', path)
  else history.replaceState(step, '', path)
}

export function present(): Step {
  const kept = history.state as Step | null
  return { id: conversationAt(location.pathname), facts: kept?.facts ?? false }
}
