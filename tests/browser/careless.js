// A page that puts words everywhere as they are, and does with them what pages do.
async (words) => {
  const EVENTS = ['error', 'load', 'focus', 'toggle', 'start', 'begin', 'mouseover', 'pointerenter',
                  'animationstart', 'click']
  const unescaped = (html) => Object.assign(document.createElement('textarea'), { innerHTML: html }).value
  const decoded = (text) => { try { return decodeURIComponent(text) } catch { return text } }
  const marked = (text) => text
    .replace(/!\[([^\]]*)\]\((.*)\)/g, '<img alt="$1" src="$2">')
    .replace(/\[([^\]]*)\]\((.*)\)/g, '<a href="$2">$1</a>')
    .replace(/<(\w+:[^>]*)>/g, '<a href="$1">x</a>')
  const linked = (text) => text.replace(/https?:\/\/\S+/gi, '<a href="$&">x</a>')
  const linkedToo = (text) => text.replace(/https?:\/\/\S+/gi, "<a href='$&'>x</a>")
  const script = (code) => `<script>${code}<\/script>`
  const filled = (text) => script(text.replace(/.*?(?:\{\{|<%=)(.*?)(?:\}\}|%>).*/s, '$1'))
  const WAYS = [
    (p) => p, (p) => `<p title="${p}">x</p>`, (p) => `<p title='${p}'>x</p>`, (p) => `<p title=${p}>x</p>`,
    (p) => `<textarea>${p}</textarea>`, (p) => `<title>${p}</title>`, (p) => `<!-- ${p} -->`,
    (p) => `<noscript>${p}</noscript>`, (p) => `<select><option>${p}</option></select>`,
    (p) => `<style>i{color:${p}}</style>`, (p) => `<i style="color:${p}">x</i>`, (p) => `<a href="${p}">x</a>`,
    (p) => script(`x = "${p}"`), (p) => script(`x = "${p.replaceAll('"', '\\"')}"`), (p) => script(`x = '${p}'`), (p) => script(`x = \`${p}\``),
    (p) => script(`// ${p}`), (p) => script(`x = {"a": {"b": "${p}"}}`),
    (p) => script(`document.body.append(document.createRange().createContextualFragment("${p}"))`),
    (p) => `<script type="application/json">${p}<\/script>`,
    (p) => decoded(p), (p) => decoded(decoded(p)), (p) => unescaped(p), (p) => unescaped(unescaped(p)),
    (p) => p.normalize('NFKC'), (p) => marked(p), (p) => linked(p), (p) => linkedToo(p), (p) => filled(p),
  ]
  const again = (doc, html) => {  // what a page does that cleans words, and puts them in once more
    const first = doc.createElement('div'), second = doc.createElement('div')
    first.innerHTML = html
    second.innerHTML = first.innerHTML
    doc.body.append(second)
  }
  const soon = () => new Promise((done) => setTimeout(done))
  for (const p of words) {
    const frame = document.body.appendChild(document.createElement('iframe'))
    const doc = frame.contentDocument
    frame.contentWindow.pwn = pwn
    doc.open(); doc.write(`<body>${p}`); doc.close()
    for (const way of WAYS) {
      try { (doc.body ?? doc.documentElement).append(doc.createRange().createContextualFragment(way(p))) } catch {}
    }
    again(doc, p)
    for (const one of doc.querySelectorAll('*')) {
      for (const event of EVENTS) if (one.hasAttribute('on' + event)) one.dispatchEvent(new Event(event))
      const to = one.href?.baseVal ?? one.href
      if (/^javascript:/i.test(to)) frame.contentWindow.eval(decodeURIComponent(to.slice(11)))
    }
    doc.querySelector('form[action] button')?.click()
    if (/^(java|data|&#106)/i.test(p)) document.body.appendChild(document.createElement('iframe')).src = unescaped(p)
    await soon()
  }
}
