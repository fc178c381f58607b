// The only script a shop's page loads. It asks nobody for anything until the visitor wants to talk.
export interface Ask { intent?: string | undefined; product?: string | undefined; variant?: string | undefined; order?: string | undefined; shop?: string | undefined }
type Heard = { t: 'close' } | { t: 'unread'; n: number }

const script = document.currentScript as HTMLScriptElement
const { shop, product, order, variant, lang: asked, unread } = script.dataset
const home = new URL(script.src)
const root = document.documentElement
const lang = (asked || root.lang || navigator.language).slice(0, 2)
const words = __WORDS__[lang] ?? __WORDS__.en!
const label = words.open!

const host = document.createElement('shop-bell')
const shadow = host.attachShadow({ mode: 'open' })
const sheet = new CSSStyleSheet()
sheet.replaceSync(__SHEET__)
shadow.adoptedStyleSheets = [sheet]
shadow.innerHTML =
  '<div class="place"><button aria-haspopup="dialog"><svg width="28" height="28" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true"><path d="M12 2.500c4.600 0 7.700 3.300 7.700 7.800v3.400l1.500 2.600c.4.800-.1 1.700-1 1.700H3.800c-.9 0-1.400-.9-1-1.700l1.500-2.600v-3.400c0-4.500 3.100-7.800 7.700-7.800zM9.500 20h5a2.500 2.200 0 0 1-5 0z"/><g><circle cx="8.700" cy="11" r="1.150"/><circle cx="12" cy="11" r="1.150"/><circle cx="15.300" cy="11" r="1.150"/></g></svg><b></b></button></div>'
const place = shadow.firstChild as HTMLElement
const button = shadow.querySelector('button')!
const badge = shadow.querySelector('b')!

let frame: HTMLIFrameElement | undefined
let port: MessagePort | undefined
let isOpen = false
let wish: Ask | undefined
let cameFrom: HTMLElement | undefined

/** What an element leaves unsaid, the script tag says; an element's own subject stands alone. */
function completed(ask: Ask): Ask {
  const said = Object.fromEntries(Object.entries(ask).filter(([, fact]) => fact))
  return said.product || said.order ? { shop, ...said } : { shop, product, order, variant, ...said }
}

function address(): string {
  const url = new URL('/panel', home)
  const facts = { ...completed(wish ?? {}), lang, theme: root.dataset.theme }
  for (const [name, fact] of Object.entries(facts)) if (fact) url.searchParams.set(name, fact)
  return url.href
}

function warm(): void {
  if (frame) return
  frame = document.createElement('iframe')
  frame.title = label
  frame.hidden = true
  frame.allow = 'clipboard-write'
  frame.src = address()
  frame.onload = connect
  place.prepend(frame)
}

/** Only the panel's own origin is ever spoken to, and only through a private port. */
function connect(): void {
  const channel = new MessageChannel()
  port = channel.port1
  port.onmessage = ({ data }: MessageEvent<Heard>) => (data.t === 'close' ? close() : count(data.n))
  frame!.contentWindow!.postMessage({ t: 'hello' }, home.origin, [channel.port2])
  if (wish) port.postMessage({ t: 'ask', ...wish })
}

function open(ask: Ask = {}, from: HTMLElement = button): void {
  place.classList.add('open')
  place.dataset.theme = root.dataset.theme ?? ''
  cameFrom = from
  wish = completed(ask)
  warm()
  port?.postMessage({ t: 'ask', ...wish })
  const whole = innerWidth <= 520
  if (!isOpen && whole) history.pushState({ ...history.state, shopbell: 1 }, '')
  document.body.inert = whole
  isOpen = true
  frame!.hidden = false
  requestAnimationFrame(() => frame!.classList.add('on'))
  frame!.focus()
  name()
}

function close(): void {
  if (!isOpen) return
  isOpen = document.body.inert = false
  place.classList.remove('open')
  frame!.classList.remove('on')
  port?.postMessage({ t: 'hidden' })
  setTimeout(() => (frame!.hidden = !isOpen), 200)
  if (history.state?.shopbell) history.back()
  cameFrom?.focus()
  name()
}

function count(n: number | string): void {
  badge.textContent = +n ? String(n) : ''
  name()
}

function name(): void {
  const n = badge.textContent
  button.setAttribute('aria-label', n ? `${label}, ${n} ${words.unread}` : label)
  button.setAttribute('aria-expanded', String(isOpen))
  const plain = document.title.replace(/^\(\d+\) /, '')
  document.title = n && document.hidden ? `(${n}) ${plain}` : plain
}

const own = (target: EventTarget | null) => (target as Element).closest?.<HTMLElement>('[data-shopbell]')

button.onclick = () => (isOpen ? close() : open())
button.onpointerenter = button.onfocus = warm
document.addEventListener('click', (event) => {
  const from = own(event.target)
  if (!from) return
  event.preventDefault()
  const { shopbell: intent, product, order, variant, shop } = from.dataset
  open({ intent, product, order, variant, shop }, from)
})
addEventListener('keydown', (event) => event.key === 'Escape' && close())
addEventListener('popstate', close)
document.addEventListener('visibilitychange', name)

// On a phone the floating button steps aside while the page's own one is in view.
const seen = new Set<Element>()
const watcher = new IntersectionObserver((changes) => {
  for (const { isIntersecting, target } of changes) seen[isIntersecting ? 'add' : 'delete'](target)
  place.classList.toggle('aside', seen.size > 0)
})
const look = () => document.querySelectorAll('[data-shopbell]').forEach((one) => watcher.observe(one))

place.dataset.theme = root.dataset.theme ?? ''
count(unread ?? 0)
root.append(host)
if (document.readyState === 'loading') addEventListener('DOMContentLoaded', look)
else look()
Object.assign(window, { Shopbell: { open, close } })
