import type { ProblemBody } from './types'

/** A refusal of the server in words for people: what happened (title), what was kept and what to do next (detail). */
export class Problem extends Error {
  constructor(readonly body: ProblemBody) {
    super(body.title)
  }
  get status(): number { return this.body.status }
  get code(): string { return this.body.code }
  get title(): string { return this.body.title }
  get detail(): string { return this.body.detail }
  get retryAfter(): number | undefined { return this.body.retry_after }
  get facts(): Record<string, unknown> { return this.body }

  /** Whether the same request may succeed later as it is (PROTOCOL 3). */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }
}

export const offline = (): Problem => new Problem({ code: 'offline', title: '', detail: '', status: 0 })

export async function problemOf(answer: Response): Promise<Problem> {
  const body = (await answer.json().catch(() => ({}))) as Partial<ProblemBody>
  const wait = Number(answer.headers.get('Retry-After')) || undefined
  return new Problem({ code: 'unknown', title: answer.statusText, detail: '', retry_after: wait, ...body, status: answer.status })
}
