import type {
  Conversation, Lang, Order, Page, Person, Product, Receipt, Shop, StreamPage, SubjectRef, Visit,
} from './types'
import { offline, problemOf } from './problem'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
type Query = Record<string, string | number | null | undefined>

export { Problem } from './problem'

export const root = '/api/v1'

const patience = 30_000

export async function call<T>(method: Method, path: string, body?: unknown, ms = patience): Promise<T> {
  const json = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }
  const answer = await fetch(root + path, { method, signal: AbortSignal.timeout(ms), ...json }).catch(() => { throw offline() })
  if (!answer.ok) throw await problemOf(answer)
  return (answer.status === 204 ? undefined : await answer.json().catch(() => undefined)) as T
}

function query(facts: Query): string {
  const given = Object.entries(facts).filter(([, value]) => value !== undefined && value !== null && value !== '')
  return given.length ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : ''
}

const part = encodeURIComponent

export const api = {
  me: () => call<Visit>('GET', '/me'),
  signIn: (with_: { email: string; password: string }) => call<Person>('POST', '/sign-in', with_),
  signUp: (with_: { email: string; password: string; name: string; locale: Lang }) => call<Person>('POST', '/sign-up', with_),
  signOut: () => call<void>('POST', '/sign-out', {}),
  signOutEverywhere: () => call<void>('POST', '/sign-out-everywhere', {}),
  changePassword: (words: { old: string; new: string }) => call<void>('POST', '/me/password', words),

  shops: () => call<Shop[]>('GET', '/shops'),
  shop: (slug: string) => call<Shop>('GET', `/shops/${part(slug)}`),
  products: (search: { q?: string; shop?: string; category?: string; after?: string; limit?: number }) =>
    call<Page<Product>>('GET', `/products${query(search)}`),
  product: (slug: string) => call<Product>('GET', `/products/${part(slug)}`),
  orders: (page: { after?: string; limit?: number } = {}) => call<Page<Order>>('GET', `/orders${query(page)}`),
  order: (number: string) => call<Order>('GET', `/orders/${part(number)}`),

  conversations: (list: { box?: 'open' | 'done' | 'all'; q?: string; after?: string; limit?: number } = {}) =>
    call<Page<Conversation>>('GET', `/conversations${query(list)}`),
  conversation: (id: string) => call<Conversation>('GET', `/conversations/${part(id)}`),
  begin: ({ kind, id }: SubjectRef) => call<Conversation>('POST', '/conversations', { subject: { kind, id } }),

  page: (stream: string, slice: { after?: number; before?: number; limit?: number } = {}) =>
    call<StreamPage>('GET', `/streams/${part(stream)}/events${query(slice)}`),
  post: (stream: string, event: { cmid: string; type: string; data: unknown }) =>
    call<Receipt>('POST', `/streams/${part(stream)}/events`, event, 10_000),
  ticket: () => call<{ ticket: string; expires_in: number }>('POST', '/socket-tickets', {}, 10_000),
}
