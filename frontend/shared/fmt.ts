import { lang, t } from './i18n'
import type { Money } from './types'

type Moment = string | number | Date
type Shape = Intl.DateTimeFormatOptions

const formats = new Map<string, Intl.DateTimeFormat>()

function format(shape: Shape): Intl.DateTimeFormat {
  const key = lang() + JSON.stringify(shape)
  const kept = formats.get(key) ?? new Intl.DateTimeFormat(lang(), shape)
  formats.set(key, kept)
  return kept
}

/** 2:05 PM, but 14:05 and 02:05. */
const clock = (): Shape => ({ hour: lang() === 'en' ? 'numeric' : '2-digit', minute: '2-digit' })
const dayOf = (at: Moment) => new Date(at).setHours(0, 0, 0, 0)
const daysAgo = (at: Moment) => Math.round((dayOf(Date.now()) - dayOf(at)) / 86_400_000)
const otherYear = (at: Moment): Shape => (new Date(at).getFullYear() === new Date().getFullYear() ? {} : { year: 'numeric' })

/** A calendar date is not an instant: it is read and written in UTC, so no zone can shift it. */
const calendar = (date: string) => new Date(`${date}T12:00:00Z`)
const longDate: Shape = { day: 'numeric', month: 'long', timeZone: 'UTC' }

/** Intl writes a Chinese range in figures, 11/19 – 11/20; people write 11月19日至20日. */
function chineseRange(from: string, to: string): string {
  const whole: Shape = from.slice(0, 4) === to.slice(0, 4) ? longDate : { ...longDate, year: 'numeric' }
  const end: Shape = from.slice(0, 7) === to.slice(0, 7) ? { day: 'numeric', timeZone: 'UTC' } : whole
  return `${format(whole).format(calendar(from))}至${format(end).format(calendar(to))}`
}

const relative = (days: number) => new Intl.RelativeTimeFormat(lang(), { numeric: 'auto' }).format(-days, 'day')
const capital = (words: string) => words.charAt(0).toLocaleUpperCase(lang()) + words.slice(1)

const digits = (seconds: number) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`

export const fmt = {
  time: (at: Moment): string => format(clock()).format(new Date(at)),

  /** A day inside a sentence; `heading` is one that stands alone. */
  day(at: Moment): string {
    const days = daysAgo(at)
    return days === 0 || days === 1 ? relative(days) : format({ day: 'numeric', month: 'long', ...otherYear(at) }).format(new Date(at))
  },

  heading: (at: Moment): string => capital(fmt.day(at)),

  when(at: Moment): string {
    const days = daysAgo(at)
    if (days <= 0) return fmt.time(at)
    if (days === 1) return capital(relative(1))
    if (days < 7) return format({ weekday: 'short' }).format(new Date(at))
    return format({ day: 'numeric', month: 'short', ...otherYear(at) }).format(new Date(at))
  },

  moment: (at: Moment): string => format({ day: 'numeric', month: 'long', ...clock(), ...otherYear(at) }).format(new Date(at)),
  date: (date: string): string => format(longDate).format(calendar(date)),
  range: (from: string, to: string): string => (lang() === 'zh' ? chineseRange(from, to) : format(longDate).formatRange(calendar(from), calendar(to))),

  money({ amount, currency }: Money): string {
    const style = { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' } as Intl.NumberFormatOptions
    const number = new Intl.NumberFormat(lang(), style)
    return number.format(amount / 10 ** (number.resolvedOptions().maximumFractionDigits ?? 2))
  },

  num: (n: number): string => new Intl.NumberFormat(lang()).format(n),

  size(bytes: number): string {
    const mega = bytes >= 1_000_000
    const unit = mega ? 'megabyte' : 'kilobyte'
    const style: Intl.NumberFormatOptions = { style: 'unit', unit, maximumFractionDigits: mega ? 1 : 0 }
    return new Intl.NumberFormat(lang(), style).format(Math.max(bytes / (mega ? 1e6 : 1e3), mega ? 0 : 1))
  },

  /** How long, in words; m:ss in the last ten minutes, where seconds matter. */
  left(ms: number): string {
    const seconds = Math.round(Math.abs(ms) / 1000)
    if (seconds < 600) return digits(seconds)
    const minutes = Math.floor(seconds / 60)
    if (minutes < 60) return t('thread.minutes', { n: minutes })
    if (minutes < 2880) return t('thread.hours', { h: Math.floor(minutes / 60), m: minutes % 60 })
    return t('thread.days', { n: Math.round(minutes / 1440) })
  },
}
