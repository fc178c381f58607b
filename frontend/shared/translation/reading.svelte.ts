import type { Translation, Translations } from '../types'

/** What is asked of the server: the same messages again, until they have come. */
export type AskTranslations = (seqs: number[], again: boolean) => Promise<Translations>

interface Words { seq?: number; text: string }
interface Told extends Translation { of: string }

const gather = 30
const most = 50
const patience = [600, 1200, 2500, 5000, 10_000, 20_000]

/** What a thread's messages say in the reader's language, as far as it was wished for and has come. */
export class Reading {
  private told = $state.raw<ReadonlyMap<number, Told>>(new Map())
  private readonly wished = new Map<number, string>()
  private batch: number[] = []

  constructor(private readonly ask: AskTranslations) {}

  /** The translation of these very words; of words that were changed since, none. */
  of({ seq, text }: Words): Told | undefined {
    const found = seq === undefined ? undefined : this.told.get(seq)
    return found?.of === text ? found : undefined
  }

  /** Have a message translated, together with others that are wished for now. */
  wish({ seq, text }: Words): void {
    if (seq === undefined || !text || this.wished.get(seq) === text) return
    this.wished.set(seq, text)
    if (!this.batch.length) setTimeout(() => this.send(), gather)
    this.batch.push(seq)
  }

  private send(): void {
    const seqs = this.batch
    this.batch = []
    for (let i = 0; i < seqs.length; i += most) void this.follow(seqs.slice(i, i + most))
  }

  /** Ask, and look again for what is being worked on; in the end the original stays. */
  private async follow(seqs: number[], tries = 0): Promise<void> {
    const of = new Map(seqs.map((seq) => [seq, this.wished.get(seq) ?? '']))
    const { items, waiting } = await this.ask(seqs, tries > 0).catch(() => ({ items: [], waiting: seqs }))
    if (items.length) this.told = new Map([...this.told, ...items.map((one) => [one.seq, { ...one, of: of.get(one.seq) ?? '' }] as const)])
    const wait = patience[tries]
    if (waiting.length && wait) setTimeout(() => void this.follow(waiting, tries + 1), wait)
  }
}
