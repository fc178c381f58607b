// Which elements and attributes pages have, to which kinds of addresses, and what can be read.
async (pages) => {
  const ADDRESSES = ['href', 'src', 'action', 'formaction', 'data', 'poster', 'srcset', 'style', 'content']
  const kind = (value) => value.match(/^\s*([\w+.-]*:|\/\/|\/|[?#])?/)[1] ?? ''
  const shape = (page) => [...page.querySelectorAll('*')].map((one) => one.localName + [...one.attributes]
    .map(({ name, value }) => ADDRESSES.includes(name) && one.localName !== 'meta' ? `${name}=${kind(value)}` : name).join(' '))
  const words = (page) => page.documentElement.textContent + '\n'
    + [...page.querySelectorAll('*')].flatMap((one) => [...one.attributes].map(({ value }) => value)).join('\n')
  const look = async ([path, form]) => {
    const how = form ? { method: 'POST', body: new URLSearchParams(form) } : {}
    const answer = await fetch(path, { headers: { Accept: 'text/html' }, ...how })
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    return { status: answer.status, shape: shape(page).join('\n'), words: words(page) }
  }
  const seen = []
  for (let at = 0; at < pages.length; at += 8) seen.push(...(await Promise.all(pages.slice(at, at + 8).map(look))))
  return seen
}
