import type { Outbox } from './outbox'

/** The server's copy of the one draft a person has in a conversation. */
export interface Copy {
  draft(talk: string): Promise<{ text: string }>
  keepDraft(talk: string, text: string, last?: boolean): Promise<void>
}

const idle = 2_000
const certain = 60_000

/**
 * What a person is writing: on this device at once, and after a pause on the server, so that another device can go on.
 * Beside the words stands what both last had in common. Only while the server still has that are the words of this
 * device brought there, so nobody's are lost; and only words that did not change here give way to newer ones.
 */
export class Drafts {
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>()
  private readonly turns = new Map<string, Promise<unknown>>()
  private readonly written = new Map<string, string>()
  /** When the server was last seen to have what was in common. */
  private readonly seen = new Map<string, number>()

  constructor(private readonly here: Pick<Outbox, 'draft' | 'keepDraft'>, private readonly there: Copy) {}

  of(talk: string): Promise<string> {
    return this.here.draft(stream(talk))
  }

  keep(talk: string, text: string): void {
    this.here.keepDraft(stream(talk), text)
    this.written.set(talk, text)
    clearTimeout(this.timers.get(talk))
    this.timers.set(talk, setTimeout(() => void this.bring(talk), text ? idle : 0))
  }

  /** What another device has written since, unless something was written here, too: that is brought there. */
  newer(talk: string): Promise<string | undefined> {
    return this.turn(talk, async () => {
      const { ours, common, theirs } = await this.compare(talk)
      if (ours === common) return theirs === common ? undefined : theirs
      if (theirs === common) await this.put(talk, ours)
      return undefined
    })
  }

  /** The newer words are on the screen, and go on here. */
  take(talk: string, text: string): void {
    this.here.keepDraft(stream(talk), text)
    this.agree(talk, text)
  }

  /** Back on the line: what could not be brought is brought now. */
  bringAll(): void {
    for (const talk of this.written.keys()) void this.bring(talk)
  }

  /** The page may be gone in a moment: what waits for a pause is brought now, if possible without asking first. */
  settle(): void {
    for (const talk of this.timers.keys()) {
      const certainly = Date.now() - (this.seen.get(talk) ?? 0) < certain
      void (certainly ? this.turn(talk, () => this.put(talk, this.written.get(talk)!, true)) : this.bring(talk))
    }
    this.leave()
  }

  leave(): void {
    for (const timer of this.timers.values()) clearTimeout(timer)
    this.timers.clear()
  }

  private async bring(talk: string): Promise<void> {
    clearTimeout(this.timers.get(talk))
    this.timers.delete(talk)
    if ((await this.of(talk)) !== (await this.common(talk))) await this.newer(talk)
  }

  private async compare(talk: string): Promise<{ ours: string; common: string; theirs: string }> {
    const { text: theirs } = await this.there.draft(talk)
    const [ours, common] = [await this.of(talk), await this.common(talk)]
    if (theirs === ours || theirs === common) this.agree(talk, theirs)
    else this.seen.delete(talk)
    return { ours, common: theirs === ours ? theirs : common, theirs }
  }

  private async put(talk: string, text: string, last = false): Promise<void> {
    await this.there.keepDraft(talk, text, last)
    this.agree(talk, text)
  }

  private agree(talk: string, text: string): void {
    this.seen.set(talk, Date.now())
    this.here.keepDraft(server(talk), text)
  }

  private common(talk: string): Promise<string> {
    return this.here.draft(server(talk))
  }

  /** One after the other, so that older words never arrive after newer ones. Without a line all stays as it is. */
  private turn<T>(talk: string, work: () => Promise<T>): Promise<T | undefined> {
    const done = (this.turns.get(talk) ?? Promise.resolve()).then(work).catch(() => undefined)
    this.turns.set(talk, done)
    return done
  }
}

const stream = (talk: string) => `c.${talk}.p`
const server = (talk: string) => `server.${talk}`
