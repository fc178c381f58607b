import { boot } from './boot'
import type { News } from './detour'
import { here } from './frame'
import { offline, problemOf } from './problem'
import type { SubjectRef } from './types'
import type { paths } from './wire'

export { Problem } from './problem'

type Method = 'get' | 'post' | 'put' | 'delete'
type Operation<P extends keyof paths, M extends Method> = NonNullable<paths[P][M]>
/** The addresses that can be asked in this way. */
type Address<M extends Method> = { [P in keyof paths]: [Operation<P, M>] extends [never] ? never : P }[keyof paths]

type Json<T> = { content: { 'application/json': T } }
type Answer<O> = O extends { responses: { 200: Json<infer T> } | { 201: Json<infer T> } } ? T : void
type Parts<O> = O extends { parameters: { path: infer T extends object } } ? { path: T } : { path?: never }
type Body<O> = O extends { requestBody: Json<infer T> } ? { body: T } : { body?: never }
type Question<O> = O extends { parameters: { query?: infer T } } ? NonNullable<T> : never
type Given<O> = Parts<O> & Body<O> & { query?: Question<O>; ms?: number; keepalive?: boolean }
/** May be left out when nothing is needed. */
type Needs<O> = object extends Given<O> ? [given?: Given<O>] : [given: Given<O>]

interface Asked { path?: object; query?: object; body?: unknown; ms?: number; keepalive?: boolean }

const patience = 30_000

/** Whose desk this page shows: another tab may have moved the sign-in to another shop meanwhile. */
const openedFor: Record<string, string> = boot.rank && boot.shop ? { 'Shopbell-Shop': boot.shop.id } : {}

async function request(method: Method, address: keyof paths, { path = {}, query = {}, body, ms = patience, keepalive }: Asked = {}): Promise<unknown> {
  const words = body ?? (method === 'post' ? {} : undefined)
  const json = words && { body: JSON.stringify(words) }
  const headers = { ...(words && { 'Content-Type': 'application/json' }), ...openedFor }
  const asked = { method: method.toUpperCase(), signal: AbortSignal.timeout(ms), keepalive, headers, ...json }
  const answer = await fetch(here(filled(address, path) + search(query)), asked).catch(cut)
  if (!answer.ok) throw await problemOf(answer)
  return answer.status === 204 ? undefined : await answer.json().catch(cut)
}

/** A line may break in the middle of an answer, too. */
const cut = (): never => { throw offline() }

/** Ask the server one of the operations it describes. */
export const ask = request as <M extends Method, P extends Address<M>>(
  method: M, address: P, ...given: Needs<Operation<P, M>>
) => Promise<Answer<Operation<P, M>>>

/** An address with its parts put in. */
export const filled = (address: keyof paths, path: object): string =>
  Object.entries(path).reduce((filled, [name, part]) => filled.replace(`{${name}}`, encodeURIComponent(part)), address as string)

function search(facts: object): string {
  const given = Object.entries(facts).filter(([, value]) => value !== undefined && value !== null && value !== '')
  return given.length ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : ''
}

type Query<P extends Address<'get'>> = Question<Operation<P, 'get'>>
type Told<P extends Address<M>, M extends Method> = Operation<P, M> extends { requestBody: Json<infer T> } ? T : never

export const api = {
  signIn: (body: Told<'/api/v1/sign-in', 'post'>) => ask('post', '/api/v1/sign-in', { body }),
  signUp: (body: Told<'/api/v1/sign-up', 'post'>) => ask('post', '/api/v1/sign-up', { body }),
  signOut: () => ask('post', '/api/v1/sign-out'),
  signOutEverywhere: () => ask('post', '/api/v1/sign-out-everywhere'),

  shop: (shop: string) => ask('get', '/api/v1/shops/{shop}', { path: { shop } }),
  /** When a shop would answer, in words; `zone` is where the reader's clock stands. */
  expectation: (shop: string, zone: string) => ask('get', '/api/v1/shops/{shop}/expectation', { path: { shop }, query: { zone } }),
  product: (product: string) => ask('get', '/api/v1/products/{product}', { path: { product } }),
  products: (query: Query<'/api/v1/products'> = {}) => ask('get', '/api/v1/products', { query }),
  orders: (query: Query<'/api/v1/orders'> = {}) => ask('get', '/api/v1/orders', { query }),
  order: (order: string) => ask('get', '/api/v1/orders/{order}', { path: { order } }),

  cases: (query: Query<'/api/v1/cases'> = {}) => ask('get', '/api/v1/cases', { query }),
  case: (id: string) => ask('get', '/api/v1/cases/{case}', { path: { case: id } }),
  caseVerdict: (id: string) => ask('get', '/api/v1/cases/{case}/verdict', { path: { case: id } }),
  actOnRefund: (id: string, body: Told<'/api/v1/refunds/{refund}/steps', 'post'>) =>
    ask('post', '/api/v1/refunds/{refund}/steps', { path: { refund: id }, body }),
  actInCase: (id: string, body: Told<'/api/v1/cases/{case}/steps', 'post'>) =>
    ask('post', '/api/v1/cases/{case}/steps', { path: { case: id }, body }),

  conversations: (query: Query<'/api/v1/conversations'> = {}) => ask('get', '/api/v1/conversations', { query }),
  counts: () => ask('get', '/api/v1/desk/counts'),
  views: () => ask('get', '/api/v1/desk/views'),
  putView: (view: string, body: Told<'/api/v1/desk/views/{view}', 'put'>) => ask('put', '/api/v1/desk/views/{view}', { path: { view }, body }),
  dropView: (view: string) => ask('delete', '/api/v1/desk/views/{view}', { path: { view } }),
  /** One act for many: each is done or refused by itself. */
  actOnMany: (body: Told<'/api/v1/desk/acts', 'post'>) => ask('post', '/api/v1/desk/acts', { body, ms: 60_000 }),
  undoActOnMany: (bulk: string) => ask('post', '/api/v1/desk/acts/{bulk}/undo', { path: { bulk }, ms: 60_000 }),
  merge: (talk: string, body: Told<'/api/v1/conversations/{talk}/merges', 'post'>) =>
    ask('post', '/api/v1/conversations/{talk}/merges', { path: { talk }, body }),
  split: (talk: string, body: Told<'/api/v1/conversations/{talk}/splits', 'post'>) =>
    ask('post', '/api/v1/conversations/{talk}/splits', { path: { talk }, body }),
  undoJoin: (join: string) => ask('post', '/api/v1/joins/{join}/undo', { path: { join } }),
  search: (query: Query<'/api/v1/search'>) => ask('get', '/api/v1/search', { query }),
  conversation: (talk: string) => ask('get', '/api/v1/conversations/{talk}', { path: { talk } }),
  /** One's own words before a part of them was covered. */
  original: (stream: string, seq: number) => ask('get', '/api/v1/streams/{stream}/events/{seq}/original', { path: { stream, seq } }),
  /** The ways by which the shop can be told at once that somebody waits. */
  ways: (talk: string) => ask('get', '/api/v1/conversations/{talk}/ways', { path: { talk } }),
  hurry: (talk: string, body: Told<'/api/v1/conversations/{talk}/ways', 'post'>) =>
    ask('post', '/api/v1/conversations/{talk}/ways', { path: { talk }, body }),
  /** Since when letters to the buyer come back, if they do. */
  returned: (talk: string) => ask('get', '/api/v1/conversations/{talk}/returned-letters', { path: { talk } }),
  begin: ({ kind, id }: SubjectRef) => ask('post', '/api/v1/conversations', { body: { subject: { kind, id } } }),

  /** What one reported oneself; nobody else is told. */
  reports: (talk: string) => ask('get', '/api/v1/conversations/{talk}/reports', { path: { talk } }),
  report: (talk: string, body: Told<'/api/v1/conversations/{talk}/reports', 'post'>) =>
    ask('post', '/api/v1/conversations/{talk}/reports', { path: { talk }, body }),
  /** Whether the buyer is asked if it helped, and what they said. */
  satisfaction: (talk: string) => ask('get', '/api/v1/conversations/{talk}/satisfaction', { path: { talk } }),
  saySatisfaction: (talk: string, body: Told<'/api/v1/conversations/{talk}/satisfaction', 'put'>) =>
    ask('put', '/api/v1/conversations/{talk}/satisfaction', { path: { talk }, body }),
  declineSatisfaction: (talk: string) => ask('post', '/api/v1/conversations/{talk}/satisfaction/decline', { path: { talk } }),
  /** What words say that are not sent yet, and what the buyer has said so far. */
  read: (talk: string, body: Told<'/api/v1/conversations/{talk}/reading', 'post'>) =>
    ask('post', '/api/v1/conversations/{talk}/reading', { path: { talk }, body, ms: 5_000 }),
  readFirst: (body: Told<'/api/v1/reading', 'post'>) => ask('post', '/api/v1/reading', { body, ms: 5_000 }),
  readThread: (talk: string) => ask('get', '/api/v1/conversations/{talk}/reading', { path: { talk } }),
  suggest: (body: Told<'/api/v1/suggestions', 'post'>) => ask('post', '/api/v1/suggestions', { body, ms: 5_000 }),
  reportSuggestions: (body: Told<'/api/v1/suggestions/reports', 'post'>) => ask('post', '/api/v1/suggestions/reports', { body, keepalive: true }),
  draftReply: (talk: string) => ask('post', '/api/v1/conversations/{talk}/reply-drafts', { path: { talk }, ms: 60_000 }),
  replies: (talk: string) => ask('get', '/api/v1/conversations/{talk}/suggestions', { path: { talk } }),
  /** The macros that fit a conversation, filled, the best first. */
  macros: (conversation: string) => ask('get', '/api/v1/desk/macros', { query: { conversation } }),
  runMacro: (macro: string, body: Told<'/api/v1/desk/macros/{macro}/run', 'post'>) =>
    ask('post', '/api/v1/desk/macros/{macro}/run', { path: { macro }, body }),
  gaps: (shop: string, product: string) => ask('get', '/api/v1/shops/{shop}/gaps', { path: { shop }, query: { product } }),

  draft: (talk: string) => ask('get', '/api/v1/conversations/{talk}/draft', { path: { talk } }),
  /** `last` lets the request outlive the page. */
  keepDraft: (talk: string, body: Told<'/api/v1/conversations/{talk}/draft', 'put'>, last = false) =>
    ask('put', '/api/v1/conversations/{talk}/draft', { path: { talk }, body, keepalive: last }),

  /** What calls one: notes that mention one, and reminders. */
  calls: () => ask('get', '/api/v1/desk/calls'),
  readMentions: (talk: string) => ask('post', '/api/v1/conversations/{talk}/mentions/read', { path: { talk } }),
  remind: (talk: string, body: Told<'/api/v1/conversations/{talk}/reminder', 'put'>) =>
    ask('put', '/api/v1/conversations/{talk}/reminder', { path: { talk }, body }),
  dropReminder: (talk: string) => ask('delete', '/api/v1/conversations/{talk}/reminder', { path: { talk } }),
  /** The shops one works for; and whose of them a conversation is. */
  ownShops: () => ask('get', '/api/v1/me/shops'),
  ownShop: (talk: string) => ask('get', '/api/v1/conversations/{talk}/own-shop', { path: { talk } }),
  actFor: (body: Told<'/api/v1/me/shop', 'put'>) => ask('put', '/api/v1/me/shop', { body }),
  teamDrafts: (talk: string) => ask('get', '/api/v1/conversations/{talk}/team-drafts', { path: { talk } }),
  takeDraft: (talk: string, person: string) =>
    ask('post', '/api/v1/conversations/{talk}/team-drafts/{person}/take', { path: { talk, person } }),
  handOver: (talk: string) => ask('get', '/api/v1/conversations/{talk}/hand-over', { path: { talk } }),
  history: (talk: string) => ask('get', '/api/v1/conversations/{talk}/history', { path: { talk } }),
  colleagues: (shop: string) => ask('get', '/api/v1/shops/{shop}/staff', { path: { shop } }),
  keys: () => ask('get', '/api/v1/desk/keys'),
  layKeys: (body: Told<'/api/v1/desk/keys', 'put'>) => ask('put', '/api/v1/desk/keys', { body }),

  page: (stream: string, query: Query<'/api/v1/streams/{stream}/events'> = {}) =>
    ask('get', '/api/v1/streams/{stream}/events', { path: { stream }, query }),
  post: (stream: string, body: Told<'/api/v1/streams/{stream}/events', 'post'>) =>
    ask('post', '/api/v1/streams/{stream}/events', { path: { stream }, body, ms: 10_000 }),
  /** What messages say in one's own language; `again` looks whether it has come. */
  translations: (stream: string, body: Told<'/api/v1/streams/{stream}/translations', 'post'>) =>
    ask('post', '/api/v1/streams/{stream}/translations', { path: { stream }, body }),
  /** What a buyer would read, and what that says in one's own language again. */
  preview: (talk: string, text: string) =>
    ask('post', '/api/v1/conversations/{talk}/translation-previews', { path: { talk }, body: { text }, ms: 60_000 }),
  /** What is new behind a cursor, once there is something; its frames are those of the socket. */
  news: (cursor: string, inbox: boolean): Promise<News> => ask('get', '/api/v1/events', { query: { cursor, wait: 20, inbox } }),
  ticket: () => ask('post', '/api/v1/socket-tickets', { ms: 10_000 }),

  pushKey: () => ask('get', '/api/v1/push/key'),
  subscribePush: (body: Told<'/api/v1/push/devices', 'post'>) => ask('post', '/api/v1/push/devices', { body }),
  renewPush: (body: Told<'/api/v1/push/renewals', 'post'>) => ask('post', '/api/v1/push/renewals', { body }),
  leavePush: (endpoint: string) => ask('post', '/api/v1/push/departures', { body: { endpoint } }),
}
