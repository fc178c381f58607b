import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { Attachment, ProblemBody } from './types'

/** Something written and not yet known to be stored by the server. */
export interface Pending {
  cmid: string
  stream: string
  type: string
  data: Record<string, unknown>
  at: string
  state: 'queued' | 'sent' | 'failed'
  problem?: ProblemBody
  attachments?: Attachment[]
}

/** Where pending events and drafts survive a closed tab. */
export interface Store {
  put(pending: Pending): Promise<void>
  remove(cmid: string): Promise<void>
  of(stream: string): Promise<Pending[]>
  streams(): Promise<string[]>
  draft(key: string): Promise<string>
  keep(key: string, text: string): Promise<void>
  erase(): Promise<void>
}

interface Shape extends DBSchema {
  pending: { key: string; value: Pending; indexes: { stream: string } }
  drafts: { key: string; value: string }
}

export async function openStore(person: string): Promise<Store> {
  const name = `shopbell.${person}`
  try {
    return new DiskStore(await openDB<Shape>(name, 1, { upgrade }), name)
  } catch {
    return new MemoryStore()
  }
}

function upgrade(database: IDBPDatabase<Shape>): void {
  database.createObjectStore('pending', { keyPath: 'cmid' }).createIndex('stream', 'stream')
  database.createObjectStore('drafts')
}

class DiskStore implements Store {
  constructor(private readonly database: IDBPDatabase<Shape>, private readonly name: string) {}

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

  async erase(): Promise<void> {
    this.database.close()
    await deleteDB(this.name)
  }
}

/** For browsers that refuse to keep anything: lasts as long as the page. */
export class MemoryStore implements Store {
  private pending = new Map<string, Pending>()
  private drafts = new Map<string, string>()

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
    return this.drafts.get(key) ?? ''
  }

  async keep(key: string, text: string): Promise<void> {
    this.drafts.set(key, text)
  }

  async erase(): Promise<void> {
    this.pending.clear()
    this.drafts.clear()
  }
}

const byWriting = (a: Pending, b: Pending) => (a.cmid < b.cmid ? -1 : 1)
