// docs/views.md, made from the registry of views: what each shows, its panes, what its figures mean.

import { ON_DEMAND_PROBES } from '../src/probes/database/index.ts'
import { VIEWS } from '../src/ui/views/index.ts'
import type { View } from '../src/ui/views/list/view.ts'
import { vaultState } from './sample-state.ts'

const INTRODUCTION = `# Views

A digit opens a view. \`tab\` selects the next pane, \`s\` and \`S\` sort, \`/\` filters, \`enter\` opens a row. \`?\` shows the
keys of the open view. Keys: [keys.md](keys.md). What a view reads beyond the pulse it reads only while it is open:
[probes.md](probes.md). Made from the code by \`npm run generate\`.
`

/** The document. */
export function viewsDocument(): string {
  return [INTRODUCTION, ...VIEWS.map(section)].join('\n')
}

function section(view: View): string {
  const { state, cluster } = vaultState()
  const panes = view.panes(state, cluster).map(({ id }) => id.split(':').at(-1))
  const asks = view.needs.map((id) => `${ON_DEMAND_PROBES[id].title} (${ON_DEMAND_PROBES[id].source})`)
  return [
    `## ${view.key} ${view.title}`,
    '',
    ...view.guide.map((sentence) => `* ${sentence}`),
    `* Panes: ${panes.join(', ')}. \`enter\`: ${view.enter}.`,
    ...(asks.length > 0 ? [`* Reads from each database, while open: ${asks.join('; ')}.`] : []),
    '',
  ].join('\n')
}
