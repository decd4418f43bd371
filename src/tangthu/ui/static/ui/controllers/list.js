// J and K move through rows by moving the focus to the row's own link or control; X marks the row.
import { Controller } from "../vendor/stimulus/stimulus.js"

export default class extends Controller {
  static targets = ["row"]

  connect() {
    this.listen = (event) => this.press(event)
    document.addEventListener("keydown", this.listen)
  }

  disconnect() {
    document.removeEventListener("keydown", this.listen)
  }

  press(event) {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return
    if (document.body.classList.contains("no-keys") || document.querySelector("dialog[open]")) return
    const at = event.target
    if (at.isContentEditable || at.matches("textarea, select, input:not([type=radio], [type=checkbox])")) return
    const key = event.key.toLowerCase()
    if (key === "j" || key === "k") this.move(key === "j" ? 1 : -1, event)
    if (key === "x") this.mark(event)
  }

  move(step, event) {
    const rows = this.rowTargets
    const here = rows.findIndex((row) => row.contains(document.activeElement))
    // With several lists on a page the one in use moves; when none is in use, the first does.
    if (here < 0 && this.element !== this.listInUse()) return
    const row = rows[here < 0 ? (step > 0 ? 0 : rows.length - 1) : here + step]
    if (!row) return
    event.preventDefault()
    const inside = row.querySelector("input:checked[type=radio]") ?? row.querySelector("a[href]")
      ?? row.querySelector("button, input")
    inside?.focus()
    row.scrollIntoView({ block: "nearest" })
  }

  mark(event) {
    const row = this.rowTargets.find((one) => one.contains(document.activeElement))
    const box = row?.querySelector("input[type=checkbox]")
    if (!box) return
    event.preventDefault()
    box.click()
  }

  listInUse() {
    const all = [...document.querySelectorAll("[data-controller~=list]")]
    return all.find((list) => list.contains(document.activeElement)) ?? all[0]
  }
}
