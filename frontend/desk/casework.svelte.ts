import { api } from '../shared/api'
import { caseWords } from '../shared/case/late'
import { Insist } from '../shared/insist'
import { offline, Problem } from '../shared/problem'
import type { Case, CaseAction, CaseListed } from '../shared/types'
import { Attempt } from './attempt.svelte'

const SHOWN = 20

/** The cases of one conversation: those that run, whole; what was entered in their forms. */
export class Casework {
  /** Undefined until they are here, with their words. */
  open = $state.raw<Case[]>()
  closed = $state.raw<CaseListed[]>([])
  problem = $state.raw<Problem | null>(null)
  /** The cases in whose form somebody is writing: they stay, whatever becomes of them. */
  readonly #held = new Set<string>()
  readonly #attempts = new Map<string, Attempt>()
  readonly #newest = new Insist(() => this.#fetch(), () => {})

  constructor(readonly conversation: string) {}

  load(): Promise<void> {
    return this.#newest.now()
  }

  close(): void {
    this.#newest.stop()
  }

  /** A case as an answer brought it: it may have overtaken a newer one. */
  take(found: Case): void {
    const held = this.open?.find((one) => one.id === found.id)
    if (held && held.version <= found.version) this.open = this.open?.map((one) => (one === held ? found : one))
  }

  /** Keep a case for as long as one of its forms lies open. */
  hold(found: Case): void {
    this.#held.add(found.id)
  }

  release(found: Case): void {
    this.#held.delete(found.id)
    if (found.closed_at) void this.load()
  }

  /** The form of a step, with what was entered there before; the fields are those of now. */
  attempt(found: Case, action: CaseAction): Attempt {
    const key = `${found.id} ${action.action}`
    const kept = this.#attempts.get(key) ?? new Attempt(action)
    kept.action = action
    this.#attempts.set(key, kept)
    return kept
  }

  forget(found: Case, action: string): void {
    this.#attempts.delete(`${found.id} ${action}`)
  }

  #stays({ id, closed_at }: Pick<CaseListed, 'id' | 'closed_at'>): boolean {
    return !closed_at || this.#held.has(id)
  }

  async #fetch(): Promise<void> {
    try {
      const [{ items }] = await Promise.all([api.cases({ conversation: this.conversation, box: 'all', limit: SHOWN }), caseWords()])
      const running = items.filter((one) => this.#stays(one))
      const whole = await Promise.all(running.map(({ id }) => api.case(id)))
      const held = new Map(this.open?.map((one) => [one.id, one]))
      this.closed = items.filter((one) => !this.#stays(one))
      this.open = whole.map((one) => ((held.get(one.id)?.version ?? 0) > one.version ? held.get(one.id)! : one)).filter((one) => this.#stays(one))
      this.problem = null
    } catch (trouble) {
      this.problem = trouble instanceof Problem ? trouble : offline()
      throw this.problem
    }
  }
}
