let last = 0

/** What is made from now on ascends from an id of another page, too, although the clock may have been put back since. */
export function ascendFrom(id: string): void {
  last = Math.max(last, parseInt(id.slice(0, 8) + id.slice(9, 13), 16) || 0)
}

/** A UUIDv7 in text. Ids made in one page always ascend, so sorting by id is sorting by writing. */
export function newId(): string {
  last = Math.max(Date.now(), last + 1)
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(last / 2 ** (8 * (5 - i)))
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
