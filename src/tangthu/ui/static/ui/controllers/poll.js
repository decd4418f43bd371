// Beside htmx's own polling: asks nothing while the page is hidden, says when the server is not reached.
import { Controller } from "../vendor/stimulus/stimulus.js"

export default class extends Controller {
  static targets = ["lost"]

  connect() {
    this.before = (event) => { if (document.hidden) event.preventDefault() }
    this.failed = () => { if (this.hasLostTarget) this.lostTarget.hidden = false }
    this.element.addEventListener("htmx:beforeRequest", this.before)
    this.element.addEventListener("htmx:sendError", this.failed)
    this.element.addEventListener("htmx:responseError", this.failed)
  }

  disconnect() {
    this.element.removeEventListener("htmx:beforeRequest", this.before)
    this.element.removeEventListener("htmx:sendError", this.failed)
    this.element.removeEventListener("htmx:responseError", this.failed)
  }
}
