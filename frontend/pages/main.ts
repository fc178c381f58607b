// The server-rendered pages: their style, and a few small comforts. Everything works without.
import '@fontsource-variable/onest'
import '../shared/tokens.css'
import '../shared/base.css'
import './pages.css'
import './settings.css'
import './mediation.css'
import './cases.css'
import './answers.css'
import { guide } from './guided'
import { begin } from './notices'

const lang = document.documentElement.lang
const moment = new Intl.DateTimeFormat(lang, { day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' })

/** Moments are written by the server in the shop's or the parcel's zone; show the reader's own. */
for (const time of document.querySelectorAll<HTMLTimeElement>('time[data-moment]')) {
  time.title = time.textContent
  time.textContent = moment.format(new Date(time.dateTime))
}

for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
  button.hidden = !navigator.clipboard
  const label = button.ariaLabel
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy ?? '')
    button.classList.add('done')
    button.ariaLabel = button.dataset.done ?? label
    setTimeout(() => {
      button.classList.remove('done')
      button.ariaLabel = label
    }, 1500)
  })
}

/** The part of the office one is in is seen, however many there are. */
document.querySelector('.tabs [aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' })

const STEPS: Record<string, number> = { KeyJ: 1, KeyK: -1 }

/** J and K walk the rows of a queue, by where the keys lie, once somebody stands in it (WCAG 2.1.4). */
for (const queue of document.querySelectorAll<HTMLElement>('.docket')) {
  queue.addEventListener('keydown', (event) => {
    const rows = [...queue.querySelectorAll<HTMLElement>('[data-row]')]
    const here = rows.indexOf(event.target as HTMLElement)
    const step = STEPS[event.code]
    if (step && here >= 0 && !event.ctrlKey && !event.metaKey && !event.altKey) rows[here + step]?.focus()
  })
}

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-guided]')) guide(form)

for (const card of document.querySelectorAll<HTMLElement>('[data-notices]')) void begin(card)
