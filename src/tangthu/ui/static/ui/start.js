// Starts Stimulus with our controllers. Pages work without any of them; they only save hands and time.
import { Application } from "./vendor/stimulus/stimulus.js"
import Bulk from "./controllers/bulk.js"
import Drop from "./controllers/drop.js"
import Focus from "./controllers/focus.js"
import Keyboard from "./controllers/keyboard.js"
import Leave from "./controllers/leave.js"
import List from "./controllers/list.js"
import Menus from "./controllers/menus.js"
import Passkey from "./controllers/passkey.js"
import Poll from "./controllers/poll.js"
import Print from "./controllers/print.js"
import Upload from "./controllers/upload.js"
import Viewer from "./controllers/viewer.js"

const application = Application.start()
const controllers = {
  bulk: Bulk, drop: Drop, focus: Focus, keyboard: Keyboard, leave: Leave,
  list: List, menus: Menus, passkey: Passkey, poll: Poll, print: Print, upload: Upload, viewer: Viewer,
}
for (const [name, controller] of Object.entries(controllers)) application.register(name, controller)
