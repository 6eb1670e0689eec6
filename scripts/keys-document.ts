// docs/keys.md, from the key table of the screen.

import { keysMarkdown } from '../src/cli/commands/keys/run.ts'
import { keyTable } from '../src/ui/keys/keymap/key-table.ts'

const HEAD = `# Keys

The keys of the monitor are an interface: a released key keeps its meaning, so that a runbook can name it. \`?\` shows those
of the place it is pressed in, and why one can't be used now; \`pgdeck keys\` prints this table; \`--press "2 j enter"\` plays
keys after the start. Made from the code by \`npm run generate\`.

Where a key works: \`rows\` is any view, \`details\` what enter opens, \`menu\` and \`palette\` what lies over a view, \`entry\`
where text is typed.

`

/** The document. */
export function keysDocument(): string {
  return `${HEAD}${keysMarkdown(keyTable())}`
}
