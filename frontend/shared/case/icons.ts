import { CircleAlert, Clock, MessageCircle, Package, PackageOpen, Scale, Truck, Wrench } from '../icons'

const KINDS: Record<string, string> = {
  question: MessageCircle, return: PackageOpen, repair: Wrench, logistics_inquiry: Truck, dispute: Scale,
}

export const iconOf = (kind: string): string => KINDS[kind] ?? Package

/** The icon of a line in the thread: alarms look like alarms. */
export function stepIcon(kind: string, action: string): string {
  if (action === 'escalate' || action === 'late') return CircleAlert
  return ['half', 'nudge', 'note'].includes(action) ? Clock : iconOf(kind)
}
