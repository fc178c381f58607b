// The names of the trade for what /api/v1 sends and takes. The shapes are the server's own: wire.d.ts is made from them.
import type { components } from './wire'

type Wire = components['schemas']

export type Lang = Wire['Person']['locale']
export type Words = Wire['Card']['title']
export type Side = Wire['Side']
export type Channel = Wire['Channel']

export interface Page<T> { items: T[]; next: string | null }
export type Money = Wire['Money']
export type Eta = Wire['Eta']
export type Due = Wire['Due']

export type Person = Wire['Person']
export type Hours = Wire['Hours']
export type AnswerPromise = Wire['Shop']['promise']
export type Shop = Wire['Shop']

export type Product = Wire['Product']
export type OrderState = Wire['OrderState']
export type OrderLine = Wire['OrderLine']
export type TrackingEvent = Wire['TrackingEvent']
export type Shipment = Wire['Shipment']
export type Order = Wire['Order']

export type SubjectKind = Wire['SubjectKind']
export type SubjectRef = Wire['Subject']
/** A card as the server sends it, or as a page lays it out before there is a conversation. */
export type Subject = Omit<Wire['Card'], 'title' | 'url'> & { title: Words | string; url?: string }

export type Found = Wire['Found']
export type Hit = Wire['Hit']

export type Reading = Wire['Reading']
export type ThreadReading = Wire['ThreadReading']
export type Unsent = Wire['Unsent']
export type ReadFact = Wire['ReadFact']
export type Choice = Wire['Choice']
export type Need = Wire['Need']
export type ConfirmedFact = Pick<ReadFact, 'kind' | 'value'>
/** As it stands in the thread; one that is on its way has no address yet. */
export type SaidFact = ConfirmedFact & { url?: string }
/** What answers already what somebody types, or what the shop may answer. */
export type Suggestion = Wire['Suggestion']
export type DraftedReply = Wire['DraftedReply']
export type Gap = Wire['Gap']
/** A message that was asked before everybody, and what everybody would read of its answer. */
export type Posed = Wire['Posed']
export type Proof = Wire['Proof']

export type Conversation = Wire['Listed']
export type ConversationState = Wire['State']
/** How far the sides have come, as far as it is known here. */
export type Marks = Partial<Record<Side, number>>

export type Case = Wire['CaseShown']
export type CaseListed = Wire['CaseListed']
export type CaseAction = Wire['Action']
export type CaseField = Wire['Field']
/** A step of a case, as the thread tells it. */
export type CaseEntry = Wire['CaseEntry']
export type CaseDue = NonNullable<CaseListed['due']>
export type Party = Wire['Party']
export type Refund = Wire['RefundShown']
export type Trace = Wire['TraceShown']
export type TakenShot = { file: string; shows: string }

/** A message that one reported oneself, and what came of it. */
export type Reported = Wire['Reported']

/** What calls somebody of a team: notes that name them, and what they put off. */
export type Calls = Wire['Calls']
export type Colleague = Wire['Colleague']
export type TeamDraft = Wire['TeamDraft']
export type HandOver = Wire['HandOver']
export type BuyerHistory = Wire['BuyerHistory']
/** A macro that fits a conversation, filled. */
export type Offered = Wire['Offered']

export type Attachment = Wire['Attachment']
/** A covered part of a text, by places in it. */
export type Veil = Wire['Span']
export type Participant = Wire['Author']
export type Event = Wire['Event']
/** Something to be added to a stream. */
export type Addition = Wire['Append']
export type StreamPage = Wire['Page']
export type Translation = Wire['Translation']
export type Translations = Wire['Translations']
export type Preview = Wire['TranslationPreview']
/** What one connection may do, as the server tells it. */
export type Limits = Wire['Limits']
export type Receipt = Wire['Appended']
/** What is read of a refusal; its facts are members of their own. */
export type ProblemBody = Pick<Wire['Problem'], 'code' | 'title' | 'detail' | 'status' | 'retry_after'> & { [fact: string]: unknown }

export type Counts = Wire['Counts']
export type OwnShop = Wire['OwnShop']
export type SavedView = Wire['ViewShown']
export type Fate = Wire['Fate']
