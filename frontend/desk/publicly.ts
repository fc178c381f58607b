import { ask } from '../shared/api'
import { boot } from '../shared/boot'
import type { Conversation } from '../shared/types'
import type { Workroom } from './workroom.svelte'

const PAUSE = 400

/** Keep marked which conversations a public question waits in; whoever is told of one looks again. */
export default function watch(room: Workroom): void {
  const { shop } = boot
  if (!shop) return
  let clock: ReturnType<typeof setTimeout> | undefined

  async function look() {
    const found = await ask('get', '/api/v1/shops/{shop}/questions', { path: { shop: shop!.id } }).catch(() => undefined)
    if (found) room.asked = new Set(found.map(({ waiting }) => waiting.conversation))
  }

  function hear({ id, subject }: Conversation) {
    if (subject.kind !== 'product' && !room.asked.has(id)) return
    clearTimeout(clock)
    clock = setTimeout(() => void look(), PAUSE)
  }

  room.seat.line.watch(hear)
  room.seat.line.onfresh(() => void look())
  void look()
}
