// A page of ours that takes a file for everything it is not.
async (url) => {
  const soon = (one) => new Promise((done) => { one.onload = one.onerror = done; setTimeout(done, 250) })
  for (const [tag, name, more] of [
    ['script', 'src', {}], ['script', 'src', { type: 'module' }], ['link', 'href', { rel: 'stylesheet' }],
    ['iframe', 'src', {}], ['embed', 'src', {}], ['object', 'data', {}], ['img', 'src', {}],
  ]) {
    const one = Object.assign(document.createElement(tag), more, { [name]: url })
    const loaded = soon(one)
    document.body.append(one)
    await loaded
  }
  try { new Worker(url) } catch {}
  await import(url).catch(() => {})
  await navigator.serviceWorker.register(url).catch(() => {})
}
