import { t } from '../shared/i18n'
import type { Order, Product, Shop, Subject } from '../shared/types'

export const aboutShop = (shop: Shop): Subject => ({ kind: 'shop', id: shop.id, title: shop.name, picture: shop.picture })

export const aboutProduct = (product: Product): Subject => ({
  kind: 'product', id: product.id, title: product.title, picture: product.pictures[0] ?? null, price: product.price,
})

export const aboutOrder = (order: Order): Subject => ({
  kind: 'order', id: order.id, number: order.number, price: order.total,
  title: order.lines[0]?.title ?? t('thread.order', { number: order.number }),
  picture: order.lines.find((line) => line.picture)?.picture ?? null,
})
