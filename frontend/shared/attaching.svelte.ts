import { t } from './i18n'
import { newId } from './ids'
import { Problem } from './problem'
import type { Attachment } from './types'

export type Attach = (file: File, onprogress: (share: number) => void) => Promise<Attachment>

export interface Enclosure {
  id: string
  file: File
  share: number
  done?: Attachment
  trouble?: string
}

/** The files beside a message that is being written. */
export class Attaching {
  enclosures = $state<Enclosure[]>([])
  busy = $derived(this.enclosures.some((one) => !one.done && !one.trouble))
  ready = $derived(this.enclosures.flatMap((one) => (one.done ? [one.done] : [])))

  private owner: unknown

  /** Files chosen for one thread never go into another. */
  belongTo(thread: unknown): void {
    if (this.owner && this.owner !== thread) this.enclosures = []
    this.owner = thread
  }

  add(files: Iterable<File>, attach: Attach): void {
    for (const file of files) {
      this.enclosures.push({ id: newId(), file, share: 0 })
      void this.send(this.enclosures.at(-1)!, attach)
    }
  }

  async send(one: Enclosure, attach: Attach): Promise<void> {
    delete one.trouble
    one.share = 0
    try {
      one.done = await attach(one.file, (share) => (one.share = share))
    } catch (trouble) {
      one.trouble = words(trouble)
    }
  }

  remove(id: string): void {
    this.enclosures = this.enclosures.filter((one) => one.id !== id)
  }

  /** Hand over what is uploaded; what is in trouble stays until it is sent again or removed. */
  take(): Attachment[] {
    const taken = this.ready.map((one) => ({ ...one }))
    this.enclosures = this.enclosures.filter((one) => one.trouble)
    return taken
  }
}

function words(trouble: unknown): string {
  const said = trouble instanceof Problem ? [trouble.title, trouble.detail].filter(Boolean).join(' ') : ''
  return said || t('thread.not_uploaded')
}
