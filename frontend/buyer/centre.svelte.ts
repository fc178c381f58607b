import { api } from '../shared/api'
import { inBox } from '../shared/boxes'
import { DueList } from '../shared/case/duelist.svelte'
import { Inbox } from '../shared/inbox.svelte'
import { settle } from '../shared/notices'
import type { Seat } from '../shared/seat'
import type { Order, Page } from '../shared/types'
import { Place } from './place.svelte'
import { Saved } from './saved.svelte'

/** The personal centre of one buyer: their orders and their messages, kept up live. */
export class Centre {
  readonly place = new Place()
  readonly post = new Inbox(inBox(() => 'all'))
  readonly cases = new DueList()
  readonly orders: Saved<Page<Order>>
  readonly unread = $derived(this.post.rows.reduce((sum, row) => sum + row.unread, 0))

  constructor(readonly seat: Seat) {
    this.orders = new Saved(seat.person.id, 'orders', () => api.orders({ limit: 50 }))
    seat.line.watch((row) => {
      this.post.take(row)
      if (!row.unread) void settle(row.id)
      this.#stir()
    })
    seat.line.onfresh((anew) => this.refresh(anew))
    this.refresh()
  }

  /** Steps of cases are told as changes of their conversations. */
  #stir(): void {
    if (['overview', 'cases'].includes(this.place.page.at)) this.cases.stir()
  }

  refresh(anew = false): void {
    this.#stir()
    void this.post.reload(anew)
    void this.orders.load()
  }

  async moreOrders(): Promise<void> {
    const { value } = this.orders
    if (!value?.next) return
    const page = await api.orders({ after: value.next, limit: 50 })
    if (this.orders.value?.next !== value.next) return // pressed twice, or loaded anew meanwhile
    this.orders.value = { items: [...value.items, ...page.items], next: page.next }
  }
}
