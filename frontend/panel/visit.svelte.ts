import { api } from '../shared/api'
import { boot } from '../shared/boot'
import { Insist } from '../shared/insist'
import type { Outbox } from '../shared/outbox'
import { freshest, outdated } from '../shared/boxes'
import { offline, Problem } from '../shared/problem'
import type { Seat } from '../shared/seat'
import type { More, Said, Thread, Writer } from '../shared/thread.svelte'
import { toast } from '../shared/toast.svelte'
import type { Asking } from '../shared/suggested'
import type { Attachment, Channel, Conversation, Order, Person, Product, Reading, Shop, Subject, SubjectRef, Unsent } from '../shared/types'
import { t } from '../shared/i18n'
import { sameWish, type Ask } from './ask'
import { aboutOrder, aboutProduct, aboutShop } from './subject'

export type Intent = 'product' | 'delivery' | 'return' | 'repair'
export type View = 'loading' | 'home' | 'orders' | 'sign' | 'chat' | 'trouble' | 'staff'

/** Not needed for the start page, so they come while the visitor reads. */
const threads = () => import('../shared/thread.svelte')
const seats = () => import('../shared/seat')
const outboxes = () => import('../shared/outbox')
for (const load of [seats, threads]) void load().catch(() => {})
/** What is asked for by a form of its own, step by step: the kind of case it becomes. */
const forms: Record<string, string> = { delivery: 'logistics_inquiry', return: 'return', repair: 'repair' }
const ofOrders: readonly string[] = Object.keys(forms)
const channels: Record<string, Channel> = { message: 'message', mail: 'email' }

/** One visitor at one shop's window: what they came for, and the conversation it becomes. */
export class Visit implements Writer {
  view = $state<View>('loading')
  problem = $state.raw<Problem>()
  shop = $state.raw<Shop>()
  product = $state.raw<Product>()
  order = $state.raw<Order>()
  subject = $state.raw<Subject>()
  intent = $state<string>()
  seat = $state.raw<Seat>()
  thread = $state.raw<Thread>()
  earlier = $state.raw<Conversation[]>([])
  present = $state<boolean>()
  text = $state('')

  channel = $derived(channels[this.intent ?? ''])
  unread = $derived(
    this.earlier.reduce((sum, one) => sum + (one.id === this.thread?.conversation.id ? 0 : one.unread), 0) + (this.thread?.unread ?? 0),
  )

  readonly lastOwn: Said | undefined = undefined
  private ask_: Ask = {}
  private person: Person | undefined = boot.person ?? undefined
  private drafts: Promise<Outbox> | undefined
  /** The first words, while they wait for a sign-in and a conversation: a draft until they are said. */
  private unsaid = ''
  private afterSignIn: (() => void) | undefined
  private sitting: Promise<void> | undefined
  /** A part of this page did not come. Browsers ask for it again with the whole page only: as soon as there is a line. */
  private torn = false
  private readonly rows = new Insist(() => api.conversations({ box: 'all' }), ({ items }) => {
    this.earlier = freshest(items, this.earlier).filter((one) => one.shop.id === this.shop?.id && one.last)
  })

  /** Come in, or come back with another wish. */
  async ask(ask: Ask): Promise<void> {
    const wish = { shop: this.ask_.shop, ...ask }
    if (this.shop && (sameWish(wish, this.ask_) || !Object.keys(ask).length)) return
    this.ask_ = wish
    this.intent = ask.intent
    this.thread?.close()
    this.thread = undefined
    await this.load()
  }

  async load(torn = false): Promise<void> {
    this.torn ||= torn
    this.view = 'loading'
    this.problem = undefined
    try {
      await this.look()
      if (this.torn) return location.reload()
      await this.sit()
      await this.settle()
    } catch (trouble) {
      this.fail(trouble)
    }
  }

  home(): void {
    this.thread?.close()
    this.thread = undefined
    this.intent = this.afterSignIn = undefined
    this.unsaid = ''
    this.view = 'home'
    void this.list()
  }

  /** It is not about this product or order after all. */
  forget(): void {
    this.product = this.order = undefined
    this.subject = aboutShop(this.shop!)
  }

  async want(intent: Intent): Promise<void> {
    this.intent = intent
    if (!this.person) return this.signFirst(() => void this.want(intent))
    if (ofOrders.includes(intent) && !this.order) this.view = 'orders'
    else if (ofOrders.includes(intent)) this.fill(this.order!)
    else await this.begin()
  }

  /** The form stands on a page of its own, beside the order; what is only asked is asked here. */
  private fill(order: Order): void {
    open(`/orders/${order.id}/ask/${forms[this.intent!]}`, '_top')
  }

  async choose(order: Order | undefined): Promise<void> {
    if (order) {
      this.order = order
      this.subject = aboutOrder(order)
      if (ofOrders.includes(this.intent ?? '')) return this.fill(order)
    }
    await this.begin()
  }

  /** The same matter once more, after the conversation about it was closed. */
  async again(): Promise<void> {
    this.subject = this.thread?.conversation.subject ?? this.subject
    await this.begin()
  }

  resume(conversation: Conversation): void {
    void this.enter(conversation).catch((trouble: unknown) => this.troubled(trouble))
  }

  /** What was said stands in the conversation that goes on: there it is shown. */
  goOn(id: string): void {
    void api.conversation(id).then((row) => this.enter(row)).catch((trouble: unknown) => this.troubled(trouble))
  }

  /** What is typed on the start page, for those who know an answer already. */
  asking(ask: () => void): Asking {
    const visit = this
    return {
      subject: this.subject as SubjectRef,
      variant: this.variantOf(this.subject as SubjectRef),
      counted: !!this.seat,
      get text() { return visit.text },
      set text(words) { visit.text = words },
      ask,
      keep: (words) => this.keepDraft(words),
      go: (id) => this.turnTo(id),
    }
  }

  /** The choice of a product that the page around shows. */
  variantOf({ kind, id }: SubjectRef): string | undefined {
    return kind === 'product' && id === this.product?.id ? this.ask_.variant : undefined
  }

  /** An own conversation that a suggestion leads to; one that is not in the list has its page. */
  turnTo(id: string): void {
    const row = this.earlier.find((one) => one.id === id)
    if (row) this.resume(row)
    else open(`/me/messages/${id}`, '_blank', 'noopener')
  }

  /** The first words, from the start page: they make the conversation. */
  say(text: string, more: More = {}): void {
    this.keepDraft(text)
    this.inBox((box) => void box.settle())
    this.unsaid = text
    if (this.person) return void this.beginWith(text, more)
    this.signFirst(() => void this.beginWith(text, more))
  }

  edit(): void {}
  type(): void {}

  /** Who has not said who they are has nothing that could be looked up. */
  async read(unsent: Unsent): Promise<Reading | undefined> {
    const { kind, id } = this.subject!
    return this.person ? api.readFirst({ ...unsent, subject: { kind, id } }) : undefined
  }

  async draft(): Promise<string> {
    const box = await this.box().catch(() => undefined)
    return (await box?.draft(this.draftKey)) ?? ''
  }

  keepDraft(text: string): void {
    if (!text && this.unsaid) return
    this.unsaid = ''
    const key = this.draftKey
    this.inBox((box) => box.keepDraft(key, text))
  }

  async signedIn(person: Person): Promise<void> {
    this.person = person
    await this.load()
    const next = this.afterSignIn
    this.afterSignIn = undefined
    if (this.view !== 'staff' && this.view !== 'trouble') next?.()
  }

  /** Whether something was written that waits for the sign-in. */
  get hasWords(): boolean {
    return this.unsaid !== ''
  }

  /** Only in a frame on another site: elsewhere the page around has its own way out. */
  async signOut(): Promise<void> {
    const { leaveSeat } = await seats()
    const gone = await leaveSeat(this.seat!).then(() => true, () => false)
    if (!gone) return toast(t('panel.sign_out_failed'), { tone: 'bad' })
    location.reload()
  }

  private get draftKey(): string {
    return `new.${this.subject?.kind}.${this.subject?.id}`
  }

  private box(): Promise<Outbox> {
    return this.seat ? Promise.resolve(this.seat.outbox) : (this.drafts ??= outboxes().then(({ nobody, Outbox }) => Outbox.open(nobody)))
  }

  /** If no box could be had, the words stay in the field. */
  private inBox(act: (box: Outbox) => void): void {
    void this.box().then(act, () => {})
  }

  private signFirst(then: () => void): void {
    this.afterSignIn = then
    this.view = 'sign'
  }

  private async look(): Promise<void> {
    const { shop, product, order } = this.ask_
    this.product = product ? await api.product(product) : undefined
    this.order = order && this.person ? await api.order(order) : undefined
    this.shop = await api.shop(this.order?.shop ?? this.product?.shop ?? shop ?? '')
    this.subject = this.order ? aboutOrder(this.order) : this.product ? aboutProduct(this.product) : aboutShop(this.shop)
  }

  private async sit(): Promise<void> {
    const { person } = this
    if (person?.side === 'buyer' && !this.seat) {
      this.sitting ??= this.take(person).finally(() => (this.sitting = undefined))
      await this.sitting
    }
    await this.list()
  }

  private async take(person: Person): Promise<void> {
    const { takeSeat } = await seats()
    const seat = await takeSeat(person, { visitor: this.box(), departed: () => location.reload() })
    this.seat = seat
    this.drafts = undefined
    seat.line.onfresh((anew) => void this.list(anew))
    seat.line.watch((row) => this.row(row))
    seat.line.onpresence(({ shop, side, on }) => {
      if (side === 'seller' && (!shop || shop === this.shop?.id)) this.present = on
    })
  }

  private async settle(): Promise<void> {
    if (this.person && this.person.side !== 'buyer') this.view = 'staff'
    else if (this.ask_.order && !this.person) this.signFirst(() => {})
    else await this.arrive()
  }

  /** A conversation about this very thing goes on; otherwise the start page, or straight to what is asked for in here. */
  private async arrive(): Promise<void> {
    const running = this.earlier.find((one) => this.isAbout(one) && one.last && one.state !== 'closed')
    const intent = this.intent
    if (running) await this.enter(running)
    else if (intent && (intent === 'product' || (ofOrders.includes(intent) && !this.order)) && this.person) void this.want(intent as Intent)
    else this.view = 'home'
  }

  private isAbout({ subject }: Conversation): boolean {
    return subject.kind === this.subject?.kind && subject.id === this.subject.id
  }

  private async list(anew = false): Promise<void> {
    if (!this.seat) return
    if (anew) this.earlier = this.earlier.map((one) => ({ ...one, version: 0 }))
    await this.rows.now()
  }

  private row(row: Conversation): void {
    const held = this.earlier.find((one) => one.id === row.id)
    if (row.shop.id !== this.shop?.id || !row.last || outdated(row, held)) return
    this.earlier = [row, ...this.earlier.filter((one) => one.id !== row.id)]
  }

  private async begin(): Promise<Thread | undefined> {
    const conversation = await api.begin(this.subject!).catch((trouble: unknown) => this.troubled(trouble))
    if (!conversation) return undefined
    if (!this.unsaid) await this.handDraft(`c.${conversation.id}.p`)
    return this.enter(conversation).catch((trouble: unknown) => this.troubled(trouble))
  }

  /** What was begun on the start page goes on in the conversation, unless something else was begun there. */
  private async handDraft(stream: string): Promise<void> {
    const { outbox } = this.seat!
    const draft = await this.draft()
    if (!draft || (await outbox.draft(stream))) return
    outbox.keepDraft(stream, draft)
    this.keepDraft('')
  }

  private async beginWith(text: string, more: More): Promise<void> {
    const thread = await this.begin()
    if (thread) await thread.say(text, more)
    else this.text = text
    this.unsaid = ''
    if (thread) this.keepDraft('')
  }

  private async enter(conversation: Conversation): Promise<Thread> {
    const { Thread } = await threads()
    this.thread?.close()
    const thread = new Thread(this.seat!, conversation)
    this.thread = thread
    this.view = 'chat'
    void thread.open()
    return thread
  }

  private fail(trouble: unknown): void {
    this.torn ||= !(trouble instanceof Problem)
    this.problem = trouble instanceof Problem ? trouble : offline()
    this.view = 'trouble'
  }

  private troubled(trouble: unknown): undefined {
    if (!(trouble instanceof Problem)) return void this.fail(trouble)
    const problem = trouble
    const words = [problem.title || t('outbox.offline_title'), problem.detail || t('outbox.offline_next')]
    toast(words.join('. ').replace('..', '.'), { tone: 'bad' })
    if (this.view === 'sign' || this.view === 'loading') this.view = 'home'
  }
}
