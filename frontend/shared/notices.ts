import { api } from './api'

/** What `PushSubscription.toJSON` gives, as the house takes it. */
type Told = Parameters<typeof api.subscribePush>[0]

export const told = (one: PushSubscription): Told => {
  const { endpoint = '', keys = {} } = one.toJSON()
  return { endpoint, keys: { p256dh: keys.p256dh ?? '', auth: keys.auth ?? '' } }
}

/** Whether this browser could show notices of ours at all. */
export const able = (): boolean => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window

export async function subscription(): Promise<PushSubscription | null> {
  const keeper = await navigator.serviceWorker.getRegistration('/')
  return (await keeper?.pushManager.getSubscription()) ?? null
}

/** Bind this device to the present sign-in, if it was the reader's own before; tell whether it was. */
export async function renewed(): Promise<boolean> {
  const now = await subscription()
  if (!now) return false
  return api.renewPush({ before: now.endpoint, now: told(now) }).then(() => true, () => false)
}

/** Keep being told after a new sign-in. Nothing is asked, nothing rings. */
export function stayTold(): void {
  if (able() && Notification.permission === 'granted') void renewed()
}

/** Have a page of ours, in the reader's language, where the house cannot be reached. */
export async function keepShell(lang: string): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  await navigator.serviceWorker.register('/sw.js')
  const { active } = await navigator.serviceWorker.ready
  const kept = await caches.match('/offline')
  if (kept?.headers.get('Content-Language') !== lang) active?.postMessage('keep')
}

/** What is read needs no notice any more. */
export async function settle(talk: string): Promise<void> {
  if (!able() || Notification.permission !== 'granted') return
  const keeper = await navigator.serviceWorker.getRegistration('/')
  for (const shown of (await keeper?.getNotifications({ tag: talk })) ?? []) shown.close()
}
