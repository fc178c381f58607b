import type { Lang, Person, Shop } from './types'

export interface Boot {
  person?: Person | null
  shop?: Pick<Shop, 'id' | 'slug' | 'name'> | null
  rank?: string | null
  lang?: Lang
  epoch?: string
  framed?: boolean
  translates?: boolean
  drafts?: boolean
  /** What a block takes from this colleague and leaves, in words. */
  barred?: string
}

/** What the server already knew when it wrote the page; a worker has no page. */
export const boot: Boot = JSON.parse(globalThis.document?.getElementById('boot')?.textContent || '{}') as Boot
