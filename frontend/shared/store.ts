import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { Attachment, ProblemBody } from './types'

/** Something written and not yet known to be stored by the server. */
export interface Pending {
  cmid: string
  stream: string
  type: string
  data: Record<string, unknown>
  at: string
  state: 'queued' | 'sent' | 'failed'
  /** Where it is stored, once that is known. */
  seq?: number
  /** Of whose story that number is, or the one that a change is meant for; words alone are for any. */
  epoch?: string | undefined
  problem?: ProblemBody
  /** The last entry its writer had seen on beginning: a colleague's answer behind it holds this one back. */
  seen?: number
  attachments?: Attachment[]
}

/** Where pending events and drafts survive a closed tab. */
export interface Store {
  put(pending: Pending): Promise<void>
  remove(cmid: string): Promise<void>
  of(stream: string): Promise<Pending[]>
  streams(): Promise<string[]>
  draft(key: string): Promise<string>
  drafts(): Promise<[key: string, text: string][]>
  keep(key: string, text: string): Promise<void>
  erase(): Promise<void>
}

interface Shape extends DBSchema {
  pending: { key: string; value: Pending; indexes: { stream: string } }
  drafts: { key: string; value: string }
}

export async function openStore(person: string): Promise<Store> {
  try {
    return new DiskStore(await openDB<Shape>(`shopbell.${person}`, 1, { upgrade, blocking }))
  } catch {
    return new MemoryStore()
  }
}

function upgrade(database: IDBPDatabase<Shape>): void {
  database.createObjectStore('pending', { keyPath: 'cmid' }).createIndex('stream', 'stream')
  database.createObjectStore('drafts')
}

/** Another tab, or the browser, wants the whole database: this one must not stand in the way. */
function blocking(_: number, __: number | null, { target }: IDBVersionChangeEvent): void {
  ;(target as IDBDatabase).close()
}

class DiskStore implements Store {
  constructor(private readonly database: IDBPDatabase<Shape>) {}

  async put(pending: Pending): Promise<void> {
    await this.database.put('pending', pending)
  }

  remove(cmid: string): Promise<void> {
    return this.database.delete('pending', cmid)
  }

  async of(stream: string): Promise<Pending[]> {
    return (await this.database.getAllFromIndex('pending', 'stream', stream)).sort(byWriting)
  }

  async streams(): Promise<string[]> {
    return [...new Set((await this.database.getAll('pending')).map((one) => one.stream))]
  }

  async draft(key: string): Promise<string> {
    return (await this.database.get('drafts', key)) ?? ''
  }

  async keep(key: string, text: string): Promise<void> {
    await (text ? this.database.put('drafts', text, key) : this.database.delete('drafts', key))
  }

  async drafts(): Promise<[string, string][]> {
    const { store } = this.database.transaction('drafts')
    const [keys, texts] = await Promise.all([store.getAllKeys(), store.getAll()])
    return keys.map((key, n) => [key, texts[n]!])
  }

  /** Emptied, not deleted: a deletion would wait for every other tab. */
  async erase(): Promise<void> {
    const all = this.database.transaction(['pending', 'drafts'], 'readwrite')
    await Promise.all([all.objectStore('pending').clear(), all.objectStore('drafts').clear(), all.done])
    this.database.close()
  }
}

/** For browsers that refuse to keep anything: lasts as long as the page. */
export class MemoryStore implements Store {
  private pending = new Map<string, Pending>()
  private texts = new Map<string, string>()

  async put(pending: Pending): Promise<void> {
    this.pending.set(pending.cmid, pending)
  }

  async remove(cmid: string): Promise<void> {
    this.pending.delete(cmid)
  }

  async of(stream: string): Promise<Pending[]> {
    return [...this.pending.values()].filter((one) => one.stream === stream).sort(byWriting)
  }

  async streams(): Promise<string[]> {
    return [...new Set([...this.pending.values()].map((one) => one.stream))]
  }

  async draft(key: string): Promise<string> {
    return this.texts.get(key) ?? ''
  }

  async drafts(): Promise<[string, string][]> {
    return [...this.texts]
  }

  async keep(key: string, text: string): Promise<void> {
    if (text) this.texts.set(key, text)
    else this.texts.delete(key)
  }

  async erase(): Promise<void> {
    this.pending.clear()
    this.texts.clear()
  }
}

export const byWriting = (a: Pending, b: Pending) => (a.cmid < b.cmid ? -1 : 1)
