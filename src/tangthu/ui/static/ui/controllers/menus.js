// Drop-down <details>: one open at a time; Escape or a click elsewhere closes.
import { Controller } from "../vendor/stimulus/stimulus.js"

export default class extends Controller {
  static targets = ["menu"]

  connect() {
    this.onClick = (event) => this.menuTargets.forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false
    })
    this.onKey = (event) => {
      const open = event.key === "Escape" && this.menuTargets.find((menu) => menu.open)
      if (!open) return
      open.open = false
      open.querySelector("summary").focus()
    }
    document.addEventListener("click", this.onClick)
    document.addEventListener("keydown", this.onKey)
  }

  disconnect() {
    document.removeEventListener("click", this.onClick)
    document.removeEventListener("keydown", this.onKey)
  }
}
