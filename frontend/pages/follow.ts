// A part of a page that is at work shows how far it is, until it is done. Without a script the page reloads itself.
const EVERY = 1_500

async function fresh(): Promise<Document | null> {
  try {
    const answer = await fetch(location.href, { headers: { Accept: 'text/html' } })
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html') : null
  } catch {
    return null
  }
}

/** Look again until the part is no longer at work; then the whole page is what the server says. */
export function follow(part: HTMLElement) {
  setTimeout(async () => {
    const now = document.hidden ? null : await fresh()
    const next = now?.querySelector('[data-follow]')
    if (now && !next) return location.reload()
    if (next) part.replaceChildren(...next.childNodes)
    follow(part)
  }, EVERY)
}
