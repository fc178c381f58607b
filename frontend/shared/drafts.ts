import type { Outbox } from './outbox'
import type { Problem } from './problem'

/** The server's copy of the one draft a person has in a conversation. */
export interface Copy {
  draft(talk: string): Promise<{ text: string }>
  /** Refused with a conflict if by now there is something else than `was` there. */
  keepDraft(talk: string, words: { text: string; was: string }, last?: boolean): Promise<void>
}

const idle = 2_000

/**
 * What a person is writing: on this device at once, and after a pause on the server, so that another device can go on.
 * Beside the words stands what both last had in common. Only while the server still has that are the words of this
 * device brought there, so nobody's are lost; and only words that did not change here give way to newer ones.
 */
export class Drafts {
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>()
  private readonly turns = new Map<string, Promise<unknown>>()
  private readonly written = new Map<string, string>()
  /** What was in common last, as far as this page knows it without the disk. */
  private readonly agreed = new Map<string, string>()
  /** What was on its way when the line went: the server may have it. */
  private readonly unsure = new Map<string, Set<string>>()

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
      if ((await this.changed(talk)) && ((await this.put(talk)) || (await this.of(talk)))) return undefined
      const ours = await this.of(talk)
      const { text } = await this.there.draft(talk)
      return text === (await this.common(talk)) || ours !== (await this.of(talk)) ? undefined : text
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

  /** The page may be gone in a moment: what waits for a pause is brought now, without asking anybody, not even the disk. */
  async settle(): Promise<void> {
    const waiting = [...this.timers.keys()]
    this.leave()
    await Promise.all(waiting.map((talk) => this.turn(talk, () => this.put(talk, true))))
  }

  leave(): void {
    for (const timer of this.timers.values()) clearTimeout(timer)
    this.timers.clear()
  }

  private async bring(talk: string): Promise<void> {
    clearTimeout(this.timers.get(talk))
    this.timers.delete(talk)
    await this.turn(talk, async () => void ((await this.changed(talk)) && (await this.put(talk))))
  }

  private async changed(talk: string): Promise<boolean> {
    return (await this.of(talk)) !== (await this.common(talk))
  }

  /** Bring the words of this device, or hear that another one was quicker: then each keeps its own. */
  private async put(talk: string, last = false): Promise<boolean> {
    const words = last ? this.written.get(talk)! : await this.of(talk)
    const was = (last ? this.agreed.get(talk) : undefined) ?? (await this.common(talk))
    const sent = this.unsure.get(talk) ?? new Set()
    try {
      await this.there.keepDraft(talk, { text: words, was }, last)
    } catch (trouble) {
      if ((trouble as Partial<Problem>).status !== 409) {
        this.unsure.set(talk, sent.add(words))
        throw trouble
      }
      const { text } = await this.there.draft(talk)
      if (!sent.has(text)) return false
      this.agree(talk, text)
      return this.put(talk, last)
    }
    this.agree(talk, words)
    return true
  }

  private agree(talk: string, text: string): void {
    this.unsure.delete(talk)
    this.agreed.set(talk, text)
    this.here.keepDraft(server(talk), text)
  }

  private async common(talk: string): Promise<string> {
    const text = await this.here.draft(server(talk))
    this.agreed.set(talk, text)
    return text
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
