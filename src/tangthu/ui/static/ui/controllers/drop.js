// Files dropped on the zone go into its file input; says how many files were chosen and how large.
import { Controller } from "../vendor/stimulus/stimulus.js"

export default class extends Controller {
  static targets = ["files", "folder", "told"]

  connect() {
    this.over = (event) => { event.preventDefault(); this.element.classList.add("drop-over") }
    this.out = () => this.element.classList.remove("drop-over")
    this.drop = (event) => {
      event.preventDefault()
      this.out()
      if (!event.dataTransfer.files.length) return
      this.filesTarget.files = event.dataTransfer.files
      this.filesTarget.dispatchEvent(new Event("input", { bubbles: true }))
      this.chosen()
    }
    this.element.addEventListener("dragover", this.over)
    this.element.addEventListener("dragleave", this.out)
    this.element.addEventListener("drop", this.drop)
  }

  disconnect() {
    this.element.removeEventListener("dragover", this.over)
    this.element.removeEventListener("dragleave", this.out)
    this.element.removeEventListener("drop", this.drop)
  }

  chosen() {
    const inputs = [...this.filesTargets, ...this.folderTargets]
    const files = inputs.flatMap((input) => [...input.files])
    const megabytes = files.reduce((sum, file) => sum + file.size, 0) / 1048576
    const size = megabytes.toLocaleString("vi-VN", { maximumFractionDigits: 1 })
    this.toldTarget.textContent = files.length
      ? this.toldTarget.dataset.chosen.replace("%n", files.length.toLocaleString("vi-VN")).replace("%s", size)
      : ""
  }
}
