// A page made for paper: one button that opens the browser's print dialog.
import { Controller } from "../vendor/stimulus/stimulus.js"

export default class extends Controller {
  now() { window.print() }
}
