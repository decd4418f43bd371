// Page images: zoom, fit, rotate, go to a page, show the words. Without script they simply scroll.
import { Controller } from "../vendor/stimulus/stimulus.js"

const STEPS = [50, 75, 100, 130, 170, 220, 300]

export default class extends Controller {
  static targets = ["tools", "pages", "page", "at", "text", "textButton"]

  connect() {
    this.zoom = 100
    this.turn = 0
    if (!this.hasToolsTarget) return
    this.toolsTarget.hidden = false
    this.seen = new IntersectionObserver((entries) => this.show(entries), {
      root: this.pagesTarget, rootMargin: "-45% 0px -45% 0px",
    })
    this.pageTargets.forEach((page) => this.seen.observe(page))
  }

  disconnect() {
    this.seen?.disconnect()
  }

  go() {
    this.pageTargets[this.atTarget.selectedIndex]?.scrollIntoView({ block: "start" })
  }

  show(entries) {
    const entry = entries.find((one) => one.isIntersecting)
    if (entry) this.atTarget.value = entry.target.dataset.number
  }

  zoomIn() {
    this.scale(STEPS.find((step) => step > this.zoom) ?? this.zoom)
  }

  zoomOut() {
    this.scale(STEPS.findLast((step) => step < this.zoom) ?? this.zoom)
  }

  fitWidth() {
    this.scale(100)
  }

  fitPage() {
    const pane = this.pagesTarget
    const image = this.images()[this.atTarget.selectedIndex] ?? this.images()[0]
    const sideways = this.turn % 180 !== 0
    const ratio = sideways ? image.height / image.width : image.naturalWidth / image.naturalHeight
    const across = (pane.clientHeight - 24) * (ratio || 0.7)
    this.scale(Math.min(100, Math.floor(across * 100 / (pane.clientWidth - 24))))
  }

  rotate() {
    this.turn = (this.turn + 90) % 360
    this.scale(this.zoom)
  }

  text() {
    const open = this.textButtonTarget.getAttribute("aria-pressed") !== "true"
    this.textButtonTarget.setAttribute("aria-pressed", String(open))
    this.textTargets.forEach((words) => { words.open = open })
  }

  images() {
    return this.pageTargets.map((page) => page.querySelector("img"))
  }

  scale(percent) {
    this.zoom = percent
    for (const image of this.images()) {
      const frame = image.parentElement
      const wide = Number(image.getAttribute("width")) || 1
      const high = Number(image.getAttribute("height")) || 1
      frame.style.width = `${percent}%`
      image.style.transform = ""
      image.style.width = ""
      frame.style.height = ""
      image.style.translate = ""
      if (!this.turn) continue
      if (this.turn === 180) {
        image.style.transform = "rotate(180deg)"
        continue
      }
      // Lying on its side: the frame takes the page's height as its width.
      const across = frame.getBoundingClientRect().width
      const short = across * wide / high
      image.style.width = `${short}px`
      frame.style.height = `${short}px`
      image.style.transformOrigin = "center"
      image.style.translate = `0 ${(short - across) / 2}px`
      image.style.transform = `rotate(${this.turn}deg)`
    }
  }
}
