import type { Shop } from './types'

type Timetable = Pick<Shop, 'hours' | 'holidays' | 'zone'>
interface Span { opens: number; closes: number }

const day = 86_400_000
const horizon = 21

/** Whether somebody is at the counter, by the shop's own clock. */
export function isOpen(shop: Timetable, now = Date.now()): boolean {
  return spans(shop, now, -1, 1).some(({ opens, closes }) => opens <= now && now < closes)
}

export function opensNext(shop: Timetable, now = Date.now()): number | undefined {
  const openings = spans(shop, now, 0, horizon).map(({ opens }) => opens).filter((opens) => opens > now)
  return openings.length ? Math.min(...openings) : undefined
}

function spans({ hours, holidays, zone }: Timetable, now: number, from: number, to: number): Span[] {
  const found: Span[] = []
  for (let ahead = from; ahead < to; ahead++) {
    const date = new Date(Date.parse(dateIn(zone, now)) + ahead * day)
    if (holidays.includes(date.toISOString().slice(0, 10))) continue
    for (const { weekday, opens, closes } of hours) {
      if (weekday !== (date.getUTCDay() + 6) % 7) continue
      const overnight = closes <= opens ? day : 0
      found.push({ opens: instant(zone, date, opens), closes: instant(zone, new Date(+date + overnight), closes) })
    }
  }
  return found
}

const dateIn = (zone: string, now: number) => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(now)

/** The moment at which clocks in `zone` show this time of this date. */
function instant(zone: string, date: Date, time: string): number {
  const [hour, minute] = time.split(':').map(Number) as [number, number]
  const asUtc = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), hour, minute)
  return asUtc - offset(zone, asUtc - offset(zone, asUtc))
}

function offset(zone: string, moment: number): number {
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(moment)
  return Date.parse(`${shown.replace(' ', 'T')}Z`) - Math.floor(moment / 1000) * 1000
}
