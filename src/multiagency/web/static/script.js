// Comfort only: every page works without it, and nothing is kept in the browser (decision 0046).
(() => {
  const menus = [...document.querySelectorAll('header details')]
  addEventListener('keydown', ({key}) => {
    const open = menus.find(menu => menu.open)
    if (key !== 'Escape' || !open) return
    open.open = false
    open.firstElementChild.focus()
  })
  addEventListener('click', ({target}) => menus.forEach(menu => { if (!menu.contains(target)) menu.open = false }))

  const told = document.getElementById('told')
  if (told?.dataset.after) setTimeout(() => {
    told.textContent = told.dataset.ends
    told.className = 'note bad'
  }, 1000 * told.dataset.after)

  const events = document.querySelector('[data-events]')
  if (events) {
    const parts = [...document.querySelectorAll('[data-live]')], source = new EventSource(events.dataset.events)
    let missed = false, asked = 0
    const renew = async () => {
      const mine = ++asked, answer = await fetch(location.pathname).catch(() => null)
      const page = new DOMParser().parseFromString(answer?.ok ? await answer.text() : '', 'text/html')
      if (mine !== asked) return
      missed = false
      for (const part of parts) { // what may no longer be seen does not stay
        const now = page.getElementById(part.id)
        if (now && part.contains(document.activeElement)) missed = true
        else if (part.innerHTML !== now?.innerHTML) part.replaceChildren(...now?.childNodes ?? [])
      }
    }
    source.onmessage = renew
    source.onerror = () => { if (source.readyState === 2) renew() }
    addEventListener('focusout', () => { if (missed) setTimeout(renew) })
  }

  const form = document.getElementById('typed')
  if (!form) return
  const note = form.querySelector('.saved'), words = note?.dataset
  let changed = !!document.querySelector('.errors'), leaving = false, stopped = changed, under = null, timer, last = 0

  const plan = rest => {
    clearTimeout(timer)
    if (note && !stopped) timer = setTimeout(save, Math.max(rest, last + 1000 * words.every - Date.now()))
  }
  const save = () => under ??= send().finally(() => { under = null })
  const send = async () => {
    if (!changed || leaving) return
    changed = false
    last = Date.now()
    try {
      const body = new URLSearchParams(new FormData(form))
      const answer = await fetch(form.action, {method: 'POST', body, headers: {'x-autosave': '1'}, redirect: 'manual'})
      stopped = answer.status !== 204
      changed ||= stopped
      if (form.elements.seen && !stopped) form.elements.seen.value = answer.headers.get('x-seen')
      const time = new Date().toLocaleTimeString(document.documentElement.lang, {hour: 'numeric', minute: '2-digit'})
      note.textContent = stopped ? words.stopped : `${words.saved} ${time}`
    } catch {
      changed = true
      note.textContent = words.offline
    }
    if (changed) plan(3000)
  }

  form.addEventListener('input', () => { changed = true; plan(3000) })
  form.addEventListener('change', () => plan(0))
  form.addEventListener('submit', event => {
    leaving = true
    if (!under) return
    event.preventDefault() // what is being saved is the version that the button's own saving goes on from
    under.then(() => { form.requestSubmit(event.submitter) })
  })
  addEventListener('beforeunload', event => { if (changed && !leaving) event.preventDefault() })
  addEventListener('pageshow', () => { leaving = false })
})()
