import type { Conversation, Event, Limits, Marks, ProblemBody, Receipt, Side } from './types'

// The socket's frames (PROTOCOL 3–5 and 8), JSON text with the tag `t`.
export type Up =
  | { t: 'hello'; token: string; client: string; version: string }
  | { t: 'sub'; sid: string; stream: string; after: number; epoch?: string }
  | { t: 'unsub'; sid: string }
  | { t: 'send'; stream: string; cmid: string; type: string; data: unknown }
  | { t: 'ack' | 'read'; stream: string; seq: number }
  | { t: 'typing'; stream: string; on: boolean }
  | { t: 'watch' }
  | { t: 'pong' }

export interface Presence { shop?: string | null; stream?: string | null; side: Side; on: boolean }
export interface Cursor { stream: string; kind: 'read' | 'delivered'; side: Side; seq: number }
export interface Typing { stream: string; side: Side; name: string; on: boolean }

export type Down =
  | { t: 'welcome'; conn: string; server_time: string; epoch: string; ping_ms: number; limits?: Limits }
  | { t: 'sub_ok'; sid: string; stream: string; head: number; recovered: boolean; reason?: string | null; events: Event[]; reads: Marks; delivered: Marks }
  | { t: 'reset'; sid: string; stream: string; head: number }
  | { t: 'gone'; sid: string; stream: string }
  | { t: 'event'; stream: string; event: Event }
  | ({ t: 'ok' } & Receipt)
  | { t: 'refused'; cmid?: string | null; sid?: string | null; problem: ProblemBody }
  | ({ t: 'cursor' } & Cursor)
  | ({ t: 'typing' } & Typing)
  | ({ t: 'presence' } & Presence)
  | { t: 'row'; conversation: Conversation }
  | { t: 'ping' }
  | { t: 'bye'; after_ms: number }
