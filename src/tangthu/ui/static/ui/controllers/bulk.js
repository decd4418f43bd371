// Marked rows: the box in the heading marks all, the bar says how many, buttons wait for the first.
import { Controller } from "../vendor/stimulus/stimulus.js"

export default class extends Controller {
  static targets = ["box", "all", "told", "button"]

  connect() {
    this.idle = this.toldTarget.textContent
    this.count()
  }

  all() {
    this.boxTargets.forEach((box) => { box.checked = this.allTarget.checked })
    this.count()
  }

  count() {
    const marked = this.boxTargets.filter((box) => box.checked).length
    this.allTarget.checked = marked > 0 && marked === this.boxTargets.length
    this.allTarget.indeterminate = marked > 0 && marked < this.boxTargets.length
    this.buttonTargets.forEach((button) => { button.disabled = marked === 0 })
    this.toldTarget.textContent = marked ? this.toldTarget.dataset.some.replace("%n", marked) : this.idle
    const bar = this.toldTarget.parentElement
    bar.classList.toggle("bulk-some", marked > 0)
    bar.classList.toggle("bulk-none", marked === 0)
  }
}
