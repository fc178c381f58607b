// The server-rendered pages: their style, and a few small comforts. Everything works without.
import '@fontsource-variable/onest'
import '../shared/tokens.css'
import '../shared/base.css'
import './pages.css'
import './settings.css'
import './mediation.css'
import './cases.css'
import './answers.css'
import './macros.css'
import './reports.css'
import './listings.css'
import { follow } from './follow'
import { guide } from './guided'
import { enliven } from './live'
import { begin } from './notices'
import { lead, walk } from './walking'

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

for (const queue of document.querySelectorAll<HTMLElement>('.docket')) walk(queue)

const sections = document.querySelector<HTMLElement>('.tabs:has([data-go])')
if (sections) lead(sections)

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-guided]')) guide(form)

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-live]')) enliven(form)

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-suggest]')) {
  form.addEventListener('input', () => void import('./helping.svelte').then(({ help }) => help(form), () => {}), { once: true })
}

for (const card of document.querySelectorAll<HTMLElement>('[data-notices]')) void begin(card)

for (const part of document.querySelectorAll<HTMLElement>('[data-follow]')) follow(part)
