// Puts the focus on an error summary as it appears, so that it is read first.
import { Controller } from "../vendor/stimulus/stimulus.js"

export default class extends Controller {
  connect() {
    this.element.focus()
  }
}
