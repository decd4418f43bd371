// Keys: any element with data-key="…" answers to that key; `?` opens the help. Sits on <body>.
// A key that several elements answer to goes to the one in the row in use, else to the first visible.
import { Controller } from "../vendor/stimulus/stimulus.js"

const SEQUENCE_MS = 1500
const OFF = "tangthu.keys.off"

export default class extends Controller {
  static targets = ["help", "opener", "off"]

  connect() {
    this.first = ""
    this.listen = (event) => this.press(event)
    document.addEventListener("keydown", this.listen)
    this.openerTargets.forEach((button) => { button.hidden = false })
    this.apply(this.stored())
  }

  disconnect() {
    document.removeEventListener("keydown", this.listen)
  }

  // A link to the guides opens the help instead; with Ctrl, Shift or the middle button it stays a link.
  help(event) {
    if (event?.ctrlKey || event?.shiftKey || event?.metaKey) return
    if (!this.hasHelpTarget || this.helpTarget.open) return
    event?.preventDefault()
    this.helpTarget.showModal()
  }

  close() {
    this.helpTarget.close()
  }

  toggle() {
    this.apply(this.offTarget.checked)
    try {
      localStorage.setItem(OFF, this.off ? "1" : "")
    } catch { /* storage may be forbidden; the choice then lasts for this page */ }
  }

  press(event) {
    if (event.defaultPrevented || event.isComposing || event.altKey || event.metaKey) return
    const key = event.key.toLowerCase()
    if (event.ctrlKey) {
      this.click(`ctrl+${key}`, event)
      return
    }
    if (this.typing(event.target) || document.querySelector("dialog[open]") || this.off) return
    if (key === "?") {
      event.preventDefault()
      this.help()
      return
    }
    const before = this.first
    this.first = ""
    clearTimeout(this.forget)
    if (before && this.click(`${before} ${key}`, event)) return
    if (this.click(key, event)) return
    if (document.querySelector(`[data-key^="${CSS.escape(key)} "]`)) {
      this.first = key
      this.forget = setTimeout(() => { this.first = "" }, SEQUENCE_MS)
    }
  }

  click(keys, event) {
    const found = [...document.querySelectorAll(`[data-key="${CSS.escape(keys)}"]`)]
      .filter((element) => !element.disabled && (element.checkVisibility?.() ?? true))
    if (!found.length) return false
    const row = document.activeElement?.closest("[data-list-target~=row]")
    const form = document.activeElement?.closest("form")
    const chosen = found.find((one) => row?.contains(one))
      ?? found.find((one) => form?.contains(one))
      ?? found.find((one) => !one.closest("[data-list-target~=row]"))
    if (!chosen) return false
    event.preventDefault()
    if (chosen.matches("input:not([type=radio], [type=checkbox]), textarea, select")) {
      chosen.focus()
      chosen.select?.()
    } else {
      if (chosen.type === "radio") chosen.focus()
      chosen.click()
    }
    return true
  }

  typing(element) {
    if (element.isContentEditable || element.matches("textarea, select")) return true
    return element.matches("input:not([type=radio], [type=checkbox], [type=button], [type=submit])")
  }

  stored() {
    try {
      return Boolean(localStorage.getItem(OFF))
    } catch {
      return false
    }
  }

  apply(off) {
    this.off = off
    document.body.classList.toggle("no-keys", off)
    if (this.hasOffTarget) this.offTarget.checked = off
  }
}
