import { fmt } from '../shared/fmt'
import { ask } from '../shared/api'
import { has, type Key, t } from '../shared/i18n'
import type { Conversation } from '../shared/types'
import type { components } from '../shared/wire'

type Wire = components['schemas']
export type Teammate = Wire['Teammate']
export type Tag = Wire['Tag']
export type Kind = Wire['TalkKind']
export type Presence = Wire['Attendance']
export type Snooze = Wire['Snooze']

export const KINDS: readonly Kind[] = ['question', 'logistics', 'return', 'repair', 'dispute', 'other']
export const PRESENCES: readonly Presence[] = ['available', 'busy', 'away', 'off']

const talk = (id: string) => ({ path: { talk: id } })

export const team = {
  mates: () => ask('get', '/api/v1/desk/team').then((found) => found.items),
  tags: () => ask('get', '/api/v1/desk/tags').then((found) => found.items),
  seat: () => ask('get', '/api/v1/desk/seat'),
  be: (presence: Presence) => ask('put', '/api/v1/desk/seat', { body: { presence } }),
  give: (id: string, to: string, over = false) => ask('put', '/api/v1/conversations/{talk}/assignment', { ...talk(id), body: { to, over } }),
  letGo: (id: string) => ask('delete', '/api/v1/conversations/{talk}/assignment', talk(id)),
  sort: (id: string, kind: Kind) => ask('put', '/api/v1/conversations/{talk}/kind', { ...talk(id), body: { kind } }),
  snooze: (id: string, body: Snooze) => ask('put', '/api/v1/conversations/{talk}/snooze', { ...talk(id), body }),
  wake: (id: string) => ask('delete', '/api/v1/conversations/{talk}/snooze', talk(id)),
  makeTag: (name: string) => ask('post', '/api/v1/desk/tags', { body: { name } }),
  tag: (id: string, tag: string, on: boolean) => ask(on ? 'put' : 'delete', '/api/v1/conversations/{talk}/tags/{tag}', { path: { talk: id, tag } }),
}

/** An hour of some day from now on, by the reader's clock. */
export function at(now: Date, days: number, hour: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour)
}

/** The times one may put something aside until: each lies ahead. */
export function times(now: Date): [Key, Date][] {
  const today = new Date(now.getTime() + 3 * 3_600_000)
  const monday = (8 - now.getDay()) % 7 || 7
  const offered: [Key, Date][] = [['team.tomorrow', at(now, 1, 9)], ['team.monday', at(now, monday, 9)]]
  return today.getDate() === now.getDate() ? [['team.later_today', today], ...offered] : offered
}

type Told = { type: string; data: Record<string, unknown> }

/** What a note of the house says of who tends a conversation; nothing of any other. */
export function told({ type, data }: Told): string {
  const part = { assigned: data.way, unassigned: data.why, tagged: data.on ? 'on' : 'off' }[type]
  if (type === 'sorted') return t('team.note_sorted', { kind: t(`team.${data.kind as Kind}_kind`) })
  if (type === 'snoozed') return asleep(String(data.waits_for), String(data.until))
  if (type === 'woken') return t(`team.woken_${data.by}` as Key)
  const key = `team.note_${type}_${part}`
  return has(key) ? t(key as Key, data as Record<string, string>) : ''
}

/** What a conversation that was put aside waits for. */
export function asleep(waitsFor: string, until: string): string {
  if (waitsFor !== 'time') return t(`team.snoozed_${waitsFor}` as Key)
  return t('team.snoozed_until', { when: fmt.moment(until) })
}

export const tendedOf = (row: Conversation) => row.tended ?? {}
