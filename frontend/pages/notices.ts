import { api } from '../shared/api'
import { able, renewed, subscription, told } from '../shared/notices'

export type State = 'unsupported' | 'insecure' | 'denied' | 'dismissed' | 'unreachable' | 'failed' | 'on' | 'off'

/** In these states the button would do something. */
const OPEN = new Set<State>(['off', 'dismissed', 'unreachable', 'failed'])

/** What keeps this browser from being told, before anybody has asked it. */
export function hindrance(secure: boolean, able: boolean, permission: () => NotificationPermission): State | null {
  if (!secure) return 'insecure'
  if (!able) return 'unsupported'
  return permission() === 'denied' ? 'denied' : null
}

/** The card of one's account: the browser is asked only when its owner presses the button. */
export async function begin(card: HTMLElement): Promise<void> {
  const [enable, disable] = ['enable', 'disable'].map((name) => card.querySelector<HTMLButtonElement>(`[data-${name}]`)!)
  const show = (state: State): void => {
    for (const words of card.querySelectorAll<HTMLElement>('[data-state]')) words.hidden = words.dataset.state !== state
    enable!.hidden = !OPEN.has(state)
    disable!.hidden = state !== 'on'
  }
  proposeZone(card)
  enable!.addEventListener('click', async () => {
    enable!.disabled = true
    const state = await ask()
    enable!.disabled = false
    if (state === 'on') location.reload()
    else show(state)
  })
  disable!.addEventListener('click', async () => {
    await leave()
    location.reload()
  })
  show(hindrance(isSecureContext, able(), () => Notification.permission) ?? ((await renewed()) ? 'on' : 'off'))
}

async function ask(): Promise<State> {
  const answer = await Notification.requestPermission()
  if (answer !== 'granted') return answer === 'denied' ? 'denied' : 'dismissed'
  const made = await subscribe().catch(() => null)
  if (!made) return 'unreachable'
  return api.subscribePush(told(made)).then(() => 'on', () => 'failed')
}

async function subscribe(): Promise<PushSubscription> {
  await navigator.serviceWorker.register('/sw.js')
  const { pushManager } = await navigator.serviceWorker.ready
  const options = { userVisibleOnly: true, applicationServerKey: (await api.pushKey()).key }
  return pushManager.subscribe(options).catch(async () => {
    // it was made with an older key of the house
    await (await pushManager.getSubscription())?.unsubscribe()
    return pushManager.subscribe(options)
  })
}

async function leave(): Promise<void> {
  const known = await subscription()
  if (!known) return
  await api.leavePush(known.endpoint).catch(() => undefined)
  await known.unsubscribe()
}

/** Until somebody has said otherwise, quiet hours are by the clock of this device. */
function proposeZone(card: HTMLElement): void {
  const zones = card.querySelector<HTMLSelectElement>('select[data-own-zone]')
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone
  if (zones && [...zones.options].some((zone) => zone.value === here)) zones.value = here
}
