import { api } from '../shared/api'
import { Attaching } from '../shared/attaching.svelte'
import { t } from '../shared/i18n'
import { newId } from '../shared/ids'
import { offline, Problem } from '../shared/problem'
import type { Case, CaseAction } from '../shared/types'
import { answersOf, type Around, type Entered, fieldsOf, missingIn, oddIn } from './form'

/** A step while it is being filled in: what was entered stays until the step is taken. */
export class Attempt {
  action = $state.raw<CaseAction>()!
  entered = $state<Entered>({})
  busy = $state(false)
  problem = $state.raw<Problem>()
  /** What is wrong, by field. */
  wrong = $state.raw<Record<string, string>>({})
  readonly #files = new Map<string, Attaching>()
  /** The key of what was sent last: sent again as it was, it is taken once. */
  #sent = { body: '', cmid: '' }

  constructor(action: CaseAction) {
    this.action = action
  }

  files(field: string): Attaching {
    const kept = this.#files.get(field) ?? new Attaching()
    this.#files.set(field, kept)
    return kept
  }

  /** Take the step, or say what stands in its way; `undefined` if it was not taken. */
  async send(found: Case, around: Around): Promise<Case | undefined> {
    if (this.busy) return undefined
    const given = answersOf(this.action, this.entered, around)
    this.problem = undefined
    this.wrong = this.#lacking(given)
    if (Object.keys(this.wrong).length) return undefined
    this.busy = true
    try {
      return await api.actInCase(found.id, { cmid: this.#cmid(found.version, given), action: this.action.action, given, version: found.version })
    } catch (trouble) {
      this.#refused(trouble instanceof Problem ? trouble : offline())
      return undefined
    } finally {
      this.busy = false
    }
  }

  get movedOn(): boolean {
    return this.problem?.code === 'case_moved_on'
  }

  /** What was not given, or cannot be read, by field. */
  #lacking(given: Record<string, unknown>): Record<string, string> {
    const missing = missingIn(this.action, given).map((name) => [name, t('desk.case_needed')])
    const odd = Object.entries(oddIn(this.action, this.entered, given)).map(([name, words]) => [name, t(words)])
    return Object.fromEntries([...missing, ...odd])
  }

  #cmid(version: number, given: Record<string, unknown>): string {
    const body = JSON.stringify([version, given])
    if (body !== this.#sent.body) this.#sent = { body, cmid: newId() }
    return this.#sent.cmid
  }

  #refused(problem: Problem): void {
    if (!problem.passing) this.#sent = { body: '', cmid: '' }
    const about = new Set([String(problem.facts.field ?? ''), ...String(problem.facts.missing ?? '').split(', ')])
    const named = fieldsOf(this.action).flatMap(({ name, kind }) => (about.has(name) || about.has(kind) ? [name] : []))
    this.wrong = Object.fromEntries(named.map((name) => [name, problem.detail]))
    this.problem = named.length ? undefined : problem
  }
}
