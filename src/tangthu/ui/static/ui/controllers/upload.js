// Sends a form with files and shows how far it is. Adds the relative path of each file as <name>_paths,
// which keeps the folders. On success goes where the server tells (ui/uploads.py); on errors shows the page it sent.
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
    request.setRequestHeader("X-Upload", "1")
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
    for (const input of this.element.querySelectorAll("input[type=file]")) {
      [...input.files].forEach((file, at) => {
        data.append(`${input.name}_paths`, input.paths?.[at] ?? (file.webkitRelativePath || file.name))
      })
    }
    return data
  }

  answered(request) {
    this.over()
    const kind = request.getResponseHeader("Content-Type") ?? ""
    if (request.status < 300 && kind.startsWith("application/json")) {
      window.location.assign(JSON.parse(request.responseText).location)
      return
    }
    const page = kind.startsWith("text/html") && new DOMParser().parseFromString(request.responseText, "text/html")
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
