/** Who signs out in one tab has signed out in all of them. */
const name = 'shopbell.departure'

export function announceDeparture(person: string): void {
  const channel = open()
  channel?.postMessage(person)
  channel?.close()
}

export function onDeparture(person: string, then: () => void): () => void {
  const channel = open()
  if (channel) channel.onmessage = ({ data }) => data === person && then()
  return () => channel?.close()
}

function open(): BroadcastChannel | undefined {
  return typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(name)
}
