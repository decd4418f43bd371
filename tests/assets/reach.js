// What a page is for people who use no mouse, large letters, still pages or colours of their own.
// Each function gives a list of findings, each one line; the tests expect none.
(() => {
  const CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex]"

  const shown = (e) => e.getClientRects().length > 0
    && e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })
  const name = (e) => `${e.tagName.toLowerCase()}.${[...e.classList].join(".")} `
    + `“${(e.getAttribute("aria-label") || e.textContent || e.name || "").trim().slice(0, 50)}”`
  const tiny = (e) => { const box = e.getBoundingClientRect(); return box.width <= 2 || box.height <= 2 }

  // Of radio buttons that belong together Tab reaches one.
  function radioIsReached(radio) {
    const group = [...document.querySelectorAll("input[type=radio]")].filter((one) =>
      one.name === radio.name && one.form === radio.form && !one.disabled)
    return (group.find((one) => one.checked) ?? group[0]) === radio
  }

  function reachable() {
    return [...document.querySelectorAll(CONTROLS)].filter((e) =>
      !e.matches(":disabled") && e.type !== "hidden" && e.tabIndex >= 0 && shown(e)
      && (e.type !== "radio" || radioIsReached(e)))
  }

  function look(e) {
    const s = getComputedStyle(e)
    const outline = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1
    return { outline, rest: [s.boxShadow, s.backgroundColor, s.borderColor, s.textDecorationLine].join() }
  }

  // What shows the focus of a control that is itself not drawn: its label, the one beside it first.
  const drawn = (e) => {
    if (!tiny(e) || !e.labels?.length) return e
    return [...e.labels].find((one) => one === e.nextElementSibling) ?? e.labels[0]
  }

  function covered(e) {
    const box = drawn(e).getClientRects()[0]
    const points = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]]
    return !points.some(([x, y]) => {
      const hit = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y)
      return hit && (drawn(e).contains(hit) || hit.contains(e))
    })
  }

  // The frame around every page is the same: once it was gone through, what is in it alone is.
  const inPage = (e) => !e.closest(".top, .rail, .foot")

  // Tab has been pressed before, so that the browser shows the focus that follows.
  function keyboard(whole) {
    const found = []
    for (const e of document.querySelectorAll("[tabindex]")) {
      if (e.tabIndex > 0) found.push(`out of order: ${name(e)}`)
    }
    for (const e of document.querySelectorAll("[onclick], [data-action*='click->']")) {
      if (shown(e) && !e.matches("a[href], button, input, select, textarea, summary, label, [tabindex]")) {
        found.push(`for the mouse only: ${name(e)}`)
      }
    }
    for (const e of reachable().filter((one) => whole || inPage(one))) {
      document.activeElement.blur()
      const before = look(drawn(e))
      e.focus()
      if (document.activeElement !== e) { found.push(`not reached: ${name(e)}`); continue }
      const after = look(drawn(e))
      if (!after.outline && before.rest === after.rest) found.push(`focus not seen: ${name(e)}`)
      if (covered(e)) found.push(`focus covered: ${name(e)}`)
      const tab = new KeyboardEvent("keydown", { key: "Tab", bubbles: true, cancelable: true })
      if (!e.dispatchEvent(tab)) found.push(`holds the keyboard: ${name(e)}`)
      if (document.activeElement !== e) found.push(`moves the focus: ${name(e)}`)
    }
    document.activeElement.blur()
    scrollTo(0, 0)
    return found
  }

  function moving() {
    const found = document.getAnimations().map((one) => `moves: ${one.animationName ?? one.transitionProperty}`)
    const seconds = (text) => Math.max(...text.split(",").map((one) =>
      parseFloat(one) * (one.trim().endsWith("ms") ? .001 : 1)))
    for (const e of document.querySelectorAll("*")) {
      const s = getComputedStyle(e)
      if (s.transitionProperty !== "none" && seconds(s.transitionDuration) > .01) found.push(`turns slowly: ${name(e)}`)
      if (s.animationName !== "none" && seconds(s.animationDuration) > .01) found.push(`moves: ${name(e)}`)
      if (s.scrollBehavior === "smooth") found.push(`glides: ${name(e)}`)
    }
    return found
  }

  function borderless() {
    return reachable().map(drawn).filter((e) => {
      if (e.matches("a[href]:not(.btn), [type=checkbox], [type=radio], [type=file], [type=range]")) return false
      if (!e.matches("button, .btn, input, select, textarea, summary, label")) return false
      const s = getComputedStyle(e)
      return !["Top", "Right", "Bottom", "Left"].some((side) =>
        s[`border${side}Style`] !== "none" && parseFloat(s[`border${side}Width`]) >= 1)
    }).map((e) => `no border: ${name(e)}`)
  }

  // Text that something cuts off without a way to scroll to it, or that lies beside the window.
  function cut() {
    const found = new Set()
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth
    if (wide > 0) found.add(`${wide} px wider than its window`)
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const text = texts.currentNode
      const e = text.parentElement
      if (!text.data.trim() || !shown(e) || e.closest("svg, option, progress, [aria-hidden=true]")) continue
      const range = document.createRange()
      range.selectNodeContents(text)
      const box = range.getBoundingClientRect()
      for (let up = e; up && up !== document.body; up = up.parentElement) {
        const s = getComputedStyle(up)
        if (up === e && s.display === "inline") continue
        if (s.clipPath === "inset(50%)") break
        if (/auto|scroll/.test(s.overflowX + s.overflowY)) break
        if (!/hidden|clip/.test(s.overflowX + s.overflowY)) continue
        const edge = up.getBoundingClientRect()
        if (box.right > edge.right + 1 || box.left < edge.left - 1
            || box.bottom > edge.bottom + 2 || box.top < edge.top - 2) {
          found.add(`cut off by ${name(up)}: ${text.data.trim().slice(0, 40)}`)
          break
        }
      }
    }
    return [...found]
  }

  window.reach = { keyboard, moving, borderless, cut, reachable, name }
})()
