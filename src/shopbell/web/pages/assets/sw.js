// Shows our notices and opens what they are about, and says so where we cannot be reached. It keeps that
// one page and its style, never what anybody wrote. It lies at the root, so that every page is its own.
'use strict'

const ICON = '/icon-192.png'
const RENEWALS = '/api/v1/push/renewals'
const KEY = '/api/v1/push/key'

const SHELL = 'shell'
const OFFLINE = '/offline'

self.addEventListener('install', (event) => event.waitUntil(keep().catch(() => {}).then(() => self.skipWaiting())))
self.addEventListener('message', (event) => event.waitUntil(keep().catch(() => {})))
self.addEventListener('fetch', (event) => {
  const { method, mode, destination } = event.request
  if (method !== 'GET') return
  if (mode === 'navigate') event.respondWith(fetch(event.request).catch(() => kept(OFFLINE)))
  else if (destination === 'style') event.respondWith(fetch(event.request).catch(() => kept(event.request)))
})
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))
self.addEventListener('push', (event) => event.waitUntil(show(read(event.data))))
self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open(event.notification.data?.url ?? '/'))
})
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(renew(event)))

/** Keep the page for want of a line, in the reader's language, with its styles; till all is here, the one before. */
async function keep() {
  const page = await fetch(OFFLINE)
  if (!page.ok) return
  const styles = [...(await page.clone().text()).matchAll(/href="(\/static\/[^"]+\.css)"/g)].map(([, path]) => path)
  const shell = await caches.open(SHELL)
  await shell.addAll(styles)
  await shell.put(OFFLINE, page)
  const left = (await shell.keys()).filter((old) => ![OFFLINE, ...styles].includes(pathOf(old)))
  await Promise.all(left.map((old) => shell.delete(old)))
}

const kept = async (what) => (await caches.match(what)) ?? Response.error()

/** What a push says; one that cannot be read shows at least whose it is, for browsers want to see something. */
function read(data) {
  try {
    return data.json()
  } catch {
    return { title: location.host, body: '', url: '/', tag: 'unread' }
  }
}

/** Show a notice, unless somebody looks at that very page. */
async function show({ title, body, url, tag }) {
  const looking = (await pages()).some((page) => page.focused && pathOf(page) === url)
  if (looking) return
  await self.registration.showNotification(title, { body, tag, renotify: true, icon: ICON, badge: ICON, data: { url } })
}

/** Go to a page of ours: where it is open already, in a window of the same part, or in a new one. */
async function open(url) {
  const to = new URL(url, location.origin)
  if (to.origin !== location.origin) return
  const found = await pages()
  const there = found.find((page) => pathOf(page) === to.pathname)
  const near = there ?? found.find((page) => partOf(pathOf(page)) === partOf(to.pathname))
  // a page that we do not lead yet stays where it is
  const moved = there ?? (await near?.navigate(to.href).catch(() => null))
  if (moved) await moved.focus().catch(() => {})
  else await self.clients.openWindow(to.href)
}

/** The browser changed its address at the push service: tell the house, or nobody is reached any more. */
async function renew({ oldSubscription, newSubscription }) {
  if (!oldSubscription) return
  const { key } = await (await fetch(KEY)).json()
  const options = { userVisibleOnly: true, applicationServerKey: key }
  const now = newSubscription ?? (await self.registration.pushManager.subscribe(options))
  const { endpoint, keys } = now.toJSON()
  const body = JSON.stringify({ before: oldSubscription.endpoint, now: { endpoint, keys } })
  await fetch(RENEWALS, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
}

const pages = () => self.clients.matchAll({ type: 'window', includeUncontrolled: true })
const pathOf = (page) => new URL(page.url).pathname
const partOf = (path) => path.split('/')[1]
