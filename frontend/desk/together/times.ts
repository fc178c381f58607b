const MORNING = 9

/** Nine in the morning of a day to come, by this person's clock. */
export function inDays(days: number, now = new Date()): Date {
  const day = new Date(now)
  day.setDate(day.getDate() + days)
  day.setHours(MORNING, 0, 0, 0)
  return day
}

/** A moment as a field for date and time holds it, by this person's clock. */
export function localMoment(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

export const ofField = (text: string): Date => new Date(text)
