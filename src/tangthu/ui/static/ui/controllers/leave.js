// Warns before leaving a form with edits that are not saved.
import { Controller } from "../vendor/stimulus/stimulus.js"

export default class extends Controller {
  connect() {
    this.edited = false
    this.mark = () => { this.edited = true }
    this.sent = () => { this.edited = false }
    this.warn = (event) => { if (this.edited) event.preventDefault() }
    this.element.addEventListener("input", this.mark)
    this.element.addEventListener("submit", this.sent)
    window.addEventListener("beforeunload", this.warn)
  }

  disconnect() {
    this.element.removeEventListener("input", this.mark)
    this.element.removeEventListener("submit", this.sent)
    window.removeEventListener("beforeunload", this.warn)
  }
}
