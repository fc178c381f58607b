import { done, spokenAt } from '../shared/boxes'
import type { Order } from '../shared/boxes'
import type { Conversation } from '../shared/types'

/** The views that everybody at the desk knows by name; any other is the id of a saved one. */
export const VIEWS = ['open', 'mine', 'unassigned', 'waiting', 'overdue', 'snoozed', 'done', 'all'] as const
export type View = (typeof VIEWS)[number]

/** What narrows a list, by the names it has in the address. */
export const NARROWS = ['turn', 'kind', 'tag', 'assignee', 'language', 'channel', 'about', 'product', 'order', 'sort'] as const
export type Narrow = (typeof NARROWS)[number]

/** What the list at the left shows; the address bar says the same, so that it can be passed on. */
export type Wanted = { view: string; q?: string } & Partial<Record<Narrow, string>>

export const known = (view: string): view is View => (VIEWS as readonly string[]).includes(view)

export function wantedAt(search: string): Wanted {
  const said = new URLSearchParams(search)
  const parts = (['q', ...NARROWS] as const).flatMap((name) => (said.get(name) ? [[name, said.get(name)!] as const] : []))
  return { view: said.get('view') || 'open', ...Object.fromEntries(parts) }
}

/** The query of an address; what is usual goes without saying. */
export function searchOf({ view, ...rest }: Wanted): string {
  const said = Object.entries({ ...(view === 'open' ? {} : { view }), ...rest }).filter(([, value]) => value)
  return said.length ? `?${new URLSearchParams(said as [string, string][])}` : ''
}

/** Whether a row belongs in a view: `predicate.py` says the same in SQL. */
export function inView(row: Conversation, view: View, me: string, now: number): boolean {
  const open = !done(row)
  const asleep = open && !!row.tended?.snoozed_until
  const owed = open && !asleep && !!row.due
  switch (view) {
    case 'open': return open && !asleep
    case 'mine': return open && !asleep && row.tended?.assignee === me
    case 'unassigned': return open && !asleep && !row.tended?.assignee
    case 'waiting': return owed
    case 'overdue': return owed && Date.parse(row.due!.at) <= now
    case 'snoozed': return asleep
    case 'done': return !open
    case 'all': return true
  }
}

/** Whether a row belongs in the list; undefined where only the server can tell. */
export function holds(row: Conversation, wanted: Wanted, me: string, now: number): boolean | undefined {
  if (row.state === 'new') return false
  if (!known(wanted.view)) return undefined
  return inView(row, wanted.view, me, now) && NARROWS.every((name) => !wanted[name] || FITS[name](row, wanted[name]))
}

const about = (row: Conversation, kind: string, id: string) => row.subject.kind === kind && row.subject.id === id

const FITS: Record<Narrow, (row: Conversation, value: string) => boolean> = {
  turn: (row, turn) => row.waiting_on === turn,
  kind: (row, kind) => row.tended?.kind === kind,
  tag: (row, tag) => !!row.tended?.tags?.includes(tag),
  assignee: (row, person) => row.tended?.assignee === person,
  language: (row, language) => row.locale === language,
  channel: (row, channel) => row.channel === channel,
  about: (row, kind) => row.subject.kind === kind,
  product: (row, id) => about(row, 'product', id),
  order: (row, id) => about(row, 'order', id),
  sort: () => true,
}

/** In which order the list stands; ids tell when a conversation began. */
export const orderOf = (sort: string | undefined): Order =>
  sort === 'newest' ? (a, b) => b.id.localeCompare(a.id) : sort === 'oldest' ? (a, b) => a.id.localeCompare(b.id) : byPlace

/** What is due, then what was said last; of what sleeps, what comes back first. */
function byPlace(a: Conversation, b: Conversation): number {
  const [here, there] = [placeOf(a), placeOf(b)]
  return here[0] - there[0] || (here[0] === 1 ? there[1].localeCompare(here[1]) : here[1].localeCompare(there[1]))
}

function placeOf(row: Conversation): [number, string] {
  const { snoozed_until, woken_at } = row.tended ?? {}
  if (snoozed_until && !done(row)) return [2, snoozed_until]
  const first = [row.due?.at, woken_at].filter((at) => !!at).sort()[0]
  return first ? [0, first] : [1, spokenAt(row)]
}
