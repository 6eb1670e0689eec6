// Leaving the screen for a while: psql on the selected database, and Ctrl-Z.

import { clusterShown } from '../state/select/cluster.ts'
import type { Deeds } from './stage.ts'
import { type Sight, subjectId } from './subject.ts'

/** Why psql can't be started on what is selected; null when it may. */
export function whyNoPsql({ state }: Sight): string | null {
  if (state.readOnly) return 'pgdeck was started with --read-only'
  const databases = clusterShown(state)?.databases ?? []
  const id = subjectId(state)
  return databases.some(({ spec }) => spec.id === id) ? null : 'select a database first'
}

/** Gives the terminal to psql on the selected database until it ends. */
export function openPsql({ sight, engine, tell, handover, signal }: Deeds): void {
  const { state } = sight()
  const [cluster, id] = [clusterShown(state)?.spec.name, subjectId(state)]
  if (cluster === undefined || id === null) return
  const guest = engine.psql(cluster, id)
  if ('reason' in guest) {
    tell('warning', `psql: ${guest.reason}`)
    return
  }
  handover
    .lend(async () => {
      signal(`${guest.title}: \\q comes back to pgdeck\r\n`)
      const told = await guest.run()
      if (told !== null) tell('warning', told)
    })
    .catch((error: unknown) =>
      tell('error', `${guest.title}: ${error instanceof Error ? error.message : String(error)}`),
    )
}

/** Stops pgdeck; `fg` brings it back. */
export function suspend({ handover, tell }: Deeds): void {
  if (process.platform === 'win32') tell('info', 'there is nothing to suspend to on Windows')
  else handover.stop().catch((error: unknown) => tell('error', `not suspended: ${String(error)}`))
}
