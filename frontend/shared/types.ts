// The wire shapes of /api/v1, as the server's structs have them.
export type Lang = 'en' | 'zh' | 'ru'
export type Words = Partial<Record<Lang, string>>
export type Side = 'buyer' | 'seller' | 'operator' | 'system' | (string & {})
export type Channel = 'chat' | 'message' | 'email'

export interface Page<T> { items: T[]; next: string | null }
export interface Money { amount: number; currency: string }
export interface Eta { earliest: string; latest: string; zone: string }

export interface Person { id: string; side: Side; email: string; name: string; locale: Lang; verified: boolean; demo: boolean }
export interface Visit { person: Person | null; shop?: string | null; rank?: string | null }

export interface Hours { weekday: number; opens: string; closes: string }
export interface AnswerPromise { chat_minutes: number; message_hours: number; email_hours: number }
export interface Shop {
  id: string; slug: string; name: string; about: Words; zone: string; languages: Lang[]
  hours: Hours[]; holidays: string[]; channels: Channel[]; email: string; promise: AnswerPromise; picture: string | null
}

export interface Attribute { name: Words; value: Words }
export interface Variant { id: string; sku: string; offer_id: string; options: Record<string, string>; price: Money; stock: number }
export interface Product {
  id: string; shop: string; slug: string; sku: string; offer_id: string; title: Words; about: Words; category: string
  attributes: Attribute[]; price: Money; pictures: string[]; stock: number; variants: Variant[]
}

export type OrderState = 'created' | 'paid' | 'shipped' | 'delivered' | 'cancelled' | 'returned'
export interface OrderLine {
  id: string; product: string; variant: string | null; title: Words; picture: string | null; quantity: number; price: Money
}
export interface TrackingEvent { code: string; at: string; place: string | null; note: Words | null }
export interface Shipment {
  id: string; carrier: string; tracking_number: string; state: string; eta: Eta | null; first_eta: Eta | null
  eta_reason: Words | null; shipped_at: string | null; delivered_at: string | null; events: TrackingEvent[]
}
export interface Order {
  id: string; number: string; buyer: string; shop: string; state: OrderState; placed_at: string; total: Money
  lines: OrderLine[]; shipments: Shipment[]
}

export type SubjectKind = 'product' | 'order' | 'shop'
export interface SubjectRef { kind: SubjectKind; id: string }
export interface Subject extends SubjectRef {
  title: Words | string; picture: string | null; url?: string; number?: string | null; price?: Money | null; tracking?: string | null
}

export type ConversationState = 'new' | 'waiting_seller' | 'waiting_buyer' | 'waiting_operator' | 'resolved' | 'closed'
export type Marks = Partial<Record<Side, number>>
export interface Conversation {
  /** One more with every change: of two rows the higher one is true. */
  version?: number
  id: string; shop: { id: string; slug: string; name: string }; buyer: { id: string; name: string }
  subject: Subject; state: ConversationState; waiting_on: 'seller' | 'buyer' | 'operator' | 'nobody'
  channel: Channel; locale: Lang; head: number; notes_head: number
  last: { at: string; side: Side; text: string } | null
  unread: number; due: { at: string; from: string } | null; created_at: string; linked_from: string | null
  reads: Marks; delivered: Marks; actions: string[]
}

export interface Attachment {
  id: string; name: string; media_type: string; size: number; width: number | null; height: number | null; url: string
}
export interface Participant { id: string; side: Side; name: string }
export interface Event {
  seq: number; id: string; type: string; at: string; actor: Participant; cmid?: string | null; data: Record<string, unknown>
}
export interface StreamPage {
  stream: string; head: number; epoch: string; events: Event[]; reads: Marks; delivered: Marks
}
/** What one connection may do, as the server tells it. */
export interface Limits { frame_bytes: number; text_chars: number; subscriptions: number; attachment_bytes: number }
export interface Receipt { cmid: string; id: string; seq: number; at: string; replayed: boolean }

export interface ProblemBody {
  type?: string; code: string; title: string; detail: string; status: number; retry_after?: number; [fact: string]: unknown
}
