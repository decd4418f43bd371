// Lets the browser make or use a passkey when its form is sent, and sends what it answers. A form whose
// browser cannot is told so; other ways to sign in need no script.
import { Controller } from "../vendor/stimulus/stimulus.js"

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0))
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "")
const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }))

export default class extends Controller {
  static targets = ["answer", "told"]
  static values = { verb: String, options: Object }

  connect() {
    this.submit = (event) => this.ask(event)
    this.element.addEventListener("submit", this.submit)
  }

  disconnect() {
    this.element.removeEventListener("submit", this.submit)
    this.waiting?.abort()
  }

  async ask(event) {
    event.preventDefault()
    if (this.waiting) return
    this.tell("")
    if (!window.PublicKeyCredential) return this.tell("missing")
    this.waiting = new AbortController()
    try {
      const made = await navigator.credentials[this.verbValue](
        { publicKey: this.question(), signal: this.waiting.signal })
      this.answerTarget.value = JSON.stringify(this.plain(made))
      this.element.submit()
    } catch (error) {
      this.tell(error.name === "InvalidStateError" ? "known" : "failed")
    } finally {
      this.waiting = null
    }
  }

  // The options of the server, byte strings as the browser wants them.
  question() {
    const given = this.optionsValue
    const asked = { ...given, challenge: bytes(given.challenge) }
    if (given.user) asked.user = { ...given.user, id: bytes(given.user.id) }
    if (given.excludeCredentials) asked.excludeCredentials = named(given.excludeCredentials)
    if (given.allowCredentials) asked.allowCredentials = named(given.allowCredentials)
    return asked
  }

  // What the browser answered, as the server reads it.
  plain(made) {
    const response = { clientDataJSON: text(made.response.clientDataJSON) }
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"])
      if (made.response[name]) response[name] = text(made.response[name])
    return { id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: {} }
  }

  tell(reason) {
    for (const one of this.toldTargets) one.hidden = one.dataset.reason !== reason
  }
}
