import { api } from '../shared/api'
import { Problem } from '../shared/problem'
import { Casework } from './casework.svelte'
import type { Conversation, Order, Page, Product } from '../shared/types'

/** Something fetched for the side panel and kept, so that coming back shows it at once. */
class Lookup<T> {
  value = $state.raw<T>()
  problem = $state.raw<Problem | null>(null)

  constructor(readonly fetch: () => Promise<T>) {}

  async load(): Promise<void> {
    try {
      this.value = await this.fetch()
      this.problem = null
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem
      this.problem = problem
    }
  }
}

class Library {
  readonly #kept = new Map<string, Lookup<unknown>>()
  readonly #cases = new Map<string, Casework>()

  product = (id: string) => this.#keep<Product>(`product ${id}`, () => api.product(id))
  order = (number: string) => this.#keep<Order>(`order ${number}`, () => api.order(number))
  casework(conversation: string): Casework {
    const kept = this.#cases.get(conversation) ?? new Casework(conversation)
    this.#cases.set(conversation, kept)
    return kept
  }

  verdict = (id: string) => this.#keep<{ words: string }>(`verdict ${id}`, () => api.caseVerdict(id))
  talks = (buyer: string) => this.#keep<Page<Conversation>>(`talks ${buyer}`, () => api.conversations({ box: 'all', limit: 50, buyer }))

  #keep<T>(key: string, fetch: () => Promise<T>): Lookup<T> {
    const kept = (this.#kept.get(key) as Lookup<T> | undefined) ?? new Lookup(fetch)
    this.#kept.set(key, kept)
    return kept
  }
}

/** What the panel has looked up in this sitting. */
export const library = new Library()
