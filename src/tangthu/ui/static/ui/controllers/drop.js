// Files or folders dropped on the zone go into its file input; says how many were chosen and how large.
// `paths` of the input then holds the relative path of each file, which a dropped file does not know.
import { Controller } from "../vendor/stimulus/stimulus.js"

async function filesOf(entry, above = "") {
  const path = above + entry.name
  if (entry.isFile) return [[await new Promise((found, not) => entry.file(found, not)), path]]
  const reader = entry.createReader()
  const files = []
  for (;;) {
    // A browser hands out a hundred at a time and an empty list at the end.
    const some = await new Promise((found, not) => reader.readEntries(found, not))
    if (!some.length) return files
    for (const one of some) for (const file of await filesOf(one, `${path}/`)) files.push(file)
  }
}

export default class extends Controller {
  static targets = ["files", "folder", "told"]

  connect() {
    // From here on the buttons stand for the inputs, whose own words follow the browser's language.
    this.element.classList.add("drop-live")
    this.over = (event) => { event.preventDefault(); this.element.classList.add("drop-over") }
    this.out = () => this.element.classList.remove("drop-over")
    this.drop = (event) => { event.preventDefault(); this.out(); this.take(event.dataTransfer) }
    this.element.addEventListener("dragover", this.over)
    this.element.addEventListener("dragleave", this.out)
    this.element.addEventListener("drop", this.drop)
  }

  disconnect() {
    this.element.removeEventListener("dragover", this.over)
    this.element.removeEventListener("dragleave", this.out)
    this.element.removeEventListener("drop", this.drop)
  }

  async take(dropped) {
    const plain = [...dropped.files].map((file) => [file, file.name])
    const entries = [...dropped.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean)
    const folders = entries.some((entry) => entry.isDirectory)
    if (folders) this.toldTarget.textContent = this.toldTarget.dataset.reading
    try {
      const files = folders ? (await Promise.all(entries.map((entry) => filesOf(entry)))).flat() : plain
      if (!files.length) return
      const held = new DataTransfer()
      for (const [file] of files) held.items.add(file)
      for (const input of this.folderTargets) input.value = ""
      this.filesTarget.files = held.files
      this.filesTarget.dispatchEvent(new Event("input", { bubbles: true }))
      this.filesTarget.paths = files.map(([, path]) => path)
    } catch {
      this.toldTarget.textContent = this.toldTarget.dataset.unreadable
    }
  }

  chosen(event) {
    event.target.paths = undefined
    this.tell()
  }

  tell() {
    const inputs = [...this.filesTargets, ...this.folderTargets]
    const files = inputs.flatMap((input) => [...input.files])
    const megabytes = files.reduce((sum, file) => sum + file.size, 0) / 1048576
    const size = megabytes.toLocaleString("vi-VN", { maximumFractionDigits: 1 })
    const name = files.length === 1 ? `${files[0].name}: ` : ""
    this.toldTarget.textContent = files.length
      ? name + this.toldTarget.dataset.chosen.replace("%n", files.length.toLocaleString("vi-VN")).replace("%s", size)
      : ""
  }
}
