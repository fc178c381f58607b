export type Page =
  | { at: 'overview' }
  | { at: 'orders' }
  | { at: 'cases' }
  | { at: 'messages' }
  | { at: 'talk'; id: string }
  | { at: 'nowhere' }

export function pageAt(path: string): Page {
  const [, me, section, id, ...rest] = path.replace(/\/$/, '').split('/')
  if (me !== 'me' || rest.length) return { at: 'nowhere' }
  if (!section) return { at: 'overview' }
  if (section === 'messages' && id) return { at: 'talk', id }
  if ((section === 'orders' || section === 'messages' || section === 'cases') && !id) return { at: section }
  return { at: 'nowhere' }
}

/** Where in the personal centre one is. Links inside it do not load the page anew. */
export class Place {
  page = $state.raw<Page>(pageAt(location.pathname))

  arrive = (): void => {
    this.page = pageAt(location.pathname)
  }

  /** Follow a plain click on a link that stays inside. */
  follow = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    const url = new URL(link.href)
    if (url.origin !== location.origin || url.search || link.target || pageAt(url.pathname).at === 'nowhere') return
    event.preventDefault()
    this.go(url.pathname + url.hash)
  }

  go(path: string): void {
    history.pushState(null, '', path)
    this.arrive()
    scrollTo(0, 0)
  }
}
