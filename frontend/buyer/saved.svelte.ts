import { Problem } from '../shared/problem'

const mark = 'shopbell.me.'

interface Copy<T> {
  at: number
  value: T
}

/** Something of this person's, with the last copy at hand for when there is no connection. */
export class Saved<T> {
  value = $state.raw<T>()
  problem = $state.raw<Problem | null>(null)
  /** When the copy on the screen was saved, if it is only a copy. */
  since = $state<number | null>(null)
  readonly #key: string

  constructor(person: string, name: string, readonly fetch: () => Promise<T>) {
    this.#key = `${mark}${person}.${name}`
  }

  async load(): Promise<void> {
    try {
      this.value = await this.fetch()
      this.problem = this.since = null
      keep(this.#key, { at: Date.now(), value: this.value })
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem
      this.#fallBack(problem)
    }
  }

  #fallBack(problem: Problem): void {
    const copy = problem.passing ? kept<T>(this.#key) : null
    this.problem = copy ? null : problem
    if (!copy) return
    this.value ??= copy.value
    this.since = copy.at
  }
}

function keep(key: string, copy: Copy<unknown>): void {
  try {
    localStorage.setItem(key, JSON.stringify(copy))
  } catch {
    // A full or forbidden storage only costs the offline copy.
  }
}

function kept<T>(key: string): Copy<T> | null {
  const text = localStorage.getItem(key)
  return text ? (JSON.parse(text) as Copy<T>) : null
}

/** Signing out leaves no copies behind. */
export function eraseCopies(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(mark)) localStorage.removeItem(key)
}
