// docs/keys.md, from the key table of the screen.

import { keysMarkdown } from '../src/cli/commands/keys/run.ts'
import { keyTable } from '../src/ui/keys/keymap/key-table.ts'

const HEAD = `# Keys

The keys of the monitor are an interface: a released key keeps its meaning, so that a runbook can name it. \`?\` shows the keys
that work here, and why one does not work now. \`pgdeck keys\` prints this table. \`--press "2 j enter"\` presses
keys after the start. Made from the code by \`npm run generate\`.

Where a key works: \`rows\` is any view, \`details\` an opened row, \`menu\` and \`palette\` a list over a view, \`entry\`
a field to type in.

`

/** The document. */
export function keysDocument(): string {
  return `${HEAD}${keysMarkdown(keyTable())}`
}
