// Keys of the console. They count only while somebody stands in a queue or among the sections, so
// that no letter does anything to whoever dictates or types elsewhere (WCAG 2.1.4).

const STEPS: Record<string, number> = { KeyJ: 1, KeyK: -1 }
const DECIDES = 'summary, .do button, form button, .do a'
const PATIENCE_MS = 1500

function plain(event: KeyboardEvent): boolean {
  const typing = event.target instanceof HTMLElement && event.target.matches('input, textarea, select')
  return !(typing || event.ctrlKey || event.metaKey || event.altKey)
}

/** J and K walk the rows of a queue by where the keys lie; D goes to where a row is decided. */
export function walk(queue: HTMLElement): void {
  queue.addEventListener('keydown', (event) => {
    const rows = [...queue.querySelectorAll<HTMLElement>('[data-row]')]
    const target = event.target as HTMLElement
    const here = rows.indexOf(target)
    const step = STEPS[event.code]
    if (!plain(event)) return
    if (step && here >= 0) rows[here + step]?.focus()
    if (event.code === 'KeyD') target.closest('li')?.querySelector<HTMLElement>(DECIDES)?.focus()
  })
}

/** G and then a letter leads to a section; each section's tip says which. */
export function lead(sections: HTMLElement): void {
  let begun = -PATIENCE_MS
  const links = [...sections.querySelectorAll<HTMLAnchorElement>('[data-go]')]
  const listen = (event: KeyboardEvent): void => {
    if (!plain(event)) return
    const meant = performance.now() - begun < PATIENCE_MS ? event.code.slice(3).toLowerCase() : ''
    begun = event.code === 'KeyG' ? performance.now() : 0
    links.find((link) => link.dataset.go === meant)?.click()
  }
  for (const place of [sections, ...document.querySelectorAll<HTMLElement>('.docket')]) {
    place.addEventListener('keydown', listen)
  }
}
