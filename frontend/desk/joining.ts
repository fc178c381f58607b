import { api } from '../shared/api'
import { t } from '../shared/i18n'
import { Problem } from '../shared/problem'
import type { Entry, Fact } from '../shared/thread.svelte'
import { toast } from '../shared/toast.svelte'

const WITHIN = 24 * 3_600_000
const JOINS = new Set(['merged_into', 'merged_from', 'split_into', 'split_from'])

/** The merge or split that a line tells of, as long as it can be taken back. */
export function joinOf({ type, at, data }: Fact, entries: readonly Entry[], now: number): string | undefined {
  const open = JOINS.has(type) && now < Date.parse(at) + WITHIN
  const undone = entries.some((one) => one.kind === 'fact' && one.type === 'join_undone' && one.data.join === data.join)
  return open && !undone ? (data.join as string | undefined) : undefined
}

/** Take a merge or a split back; why it cannot be is said where one looks. */
export async function unjoin(join: string): Promise<void> {
  try {
    await api.undoJoin(join)
    toast(t('team.unjoined'))
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem
    toast([problem.title, problem.detail].filter(Boolean).join(' '), { tone: 'bad' })
  }
}
