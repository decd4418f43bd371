// Sends a form with files and shows how far it is. Adds the relative path of each file as <name>_paths,
// which keeps the folders. On success follows the server's redirect; on errors shows the page it sent.
import { Controller } from "../vendor/stimulus/stimulus.js"

export default class extends Controller {
  static targets = ["now", "bar", "told"]

  connect() {
    this.submit = (event) => this.send(event)
    this.element.addEventListener("submit", this.submit)
  }

  disconnect() {
    this.element.removeEventListener("submit", this.submit)
    this.request?.abort()
  }

  send(event) {
    if (!this.hasNowTarget) return
    event.preventDefault()
    if (this.request) return
    const request = new XMLHttpRequest()
    request.open("POST", this.element.action)
    request.upload.onprogress = (sent) => {
      if (sent.lengthComputable) this.barTarget.value = Math.floor(sent.loaded * 100 / sent.total)
    }
    request.onload = () => this.answered(request)
    request.onerror = () => this.failed()
    request.onabort = () => this.over()
    this.barTarget.value = 0
    this.toldTarget.textContent = ""
    this.nowTarget.hidden = false
    this.request = request
    request.send(this.data(event.submitter))
  }

  stop() {
    this.request?.abort()
  }

  data(submitter) {
    const data = new FormData(this.element)
    if (submitter?.name) data.append(submitter.name, submitter.value)
    for (const [name, value] of [...data.entries()]) {
      if (!(value instanceof File)) continue
      if (!value.name && !value.size) continue
      data.append(`${name}_paths`, value.webkitRelativePath || value.name)
    }
    return data
  }

  answered(request) {
    this.over()
    const html = (request.getResponseHeader("Content-Type") ?? "").startsWith("text/html")
    if (request.status < 300 && request.responseURL !== new URL(this.element.action).href) {
      window.location.assign(request.responseURL)
      return
    }
    const page = html && new DOMParser().parseFromString(request.responseText, "text/html")
    const main = page && page.querySelector("main")
    if (!main) {
      this.failed()
      return
    }
    document.querySelector("main").replaceWith(document.adoptNode(main))
  }

  failed() {
    this.request = null
    this.toldTarget.textContent = this.toldTarget.dataset.failed
  }

  over() {
    this.request = null
    this.nowTarget.hidden = true
  }
}
