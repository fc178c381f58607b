import { api } from '../shared/api'
import { t } from '../shared/i18n'
import { Problem } from '../shared/problem'
import { toast } from '../shared/toast.svelte'
import type { OwnShop } from '../shared/types'
import type { Workroom } from './workroom.svelte'

/** How long what is being written may take to be brought to the server. */
const PATIENCE = 2_000

/** The shops of who sits here: for which they act, and how much waits at the others. */
export class Shops {
  list = $state.raw<OwnShop[]>([])
  room: Workroom | undefined

  get here(): OwnShop | undefined {
    return this.list.find((one) => one.here)
  }

  get others(): OwnShop[] {
    return this.list.filter((one) => !one.here)
  }

  async load(): Promise<void> {
    this.list = await api.ownShops().then(({ items }) => items, () => this.list)
  }

  /**
   * Act for another shop: what was put off is done and what is being written is brought to the server while it still
   * takes it for this shop. Then the desk is opened anew, so nothing of this shop is left on the screen.
   */
  async actFor(shop: string, talk?: string): Promise<void> {
    const { seat, later } = this.room!
    later.flush()
    await Promise.race([Promise.allSettled([seat.outbox.flushAll(), seat.drafts.settle()]), pause(PATIENCE)])
    seat.line.stop()
    try {
      await api.actFor({ shop })
      location.assign(talk ? `/desk/${talk}` : '/desk')
    } catch (trouble) {
      seat.line.start()
      if (trouble instanceof Problem) toast(trouble.title || t('desk.not_connected'), { tone: 'bad' })
    }
  }
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

export const shops = new Shops()
