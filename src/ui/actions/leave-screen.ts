// Leaves the screen for a while: psql on the selected database, the editor on the configuration, and Ctrl-Z.

import { messageOf } from '../../model/values/fault.ts'
import type { ForegroundProgram } from '../../state/controller.ts'
import { shownCluster } from '../../state/select/cluster.ts'
import type { CommandContext } from '../keys/bindings/command-context.ts'
import { type BindingContext, selectedNodeId } from '../keys/bindings/selection-target.ts'

/** Why psql can't be started on the selected row; null if it can. */
export function whyNoPsql({ state }: BindingContext): string | null {
  if (state.readOnly) return 'pgdeck was started with --read-only'
  if (shownCluster(state)?.spec.readOnly) return 'the config has "readOnly" for this cluster'
  const databases = shownCluster(state)?.databases ?? []
  const id = selectedNodeId(state)
  return databases.some(({ spec }) => spec.id === id) ? null : 'select a database first'
}

/** Gives the terminal to psql on the selected database until it ends. */
export function openPsql(context: CommandContext): void {
  const { state } = context.bindingContext()
  const [cluster, id] = [shownCluster(state)?.spec.name, selectedNodeId(state)]
  if (cluster !== undefined && id !== null) lendTo(context, 'psql', context.controller.psql(cluster, id))
}

/** Gives the terminal to the user's editor on the configuration file until it ends. */
export function openEditor(context: CommandContext): void {
  lendTo(context, 'edit', context.controller.edit())
}

function lendTo({ notify, handover, signal }: CommandContext, name: string, guest: ForegroundProgram): void {
  if ('reason' in guest) {
    notify('warning', `${name}: ${guest.reason}`)
    return
  }
  handover
    .runInForeground(async () => {
      signal(`${guest.title}: ${guest.returnHint}\r\n`)
      const result = await guest.run()
      if (typeof result === 'string') notify('warning', result)
      else if (result !== null) notify('info', result.good)
    })
    .catch((error: unknown) => notify('error', `${guest.title}: ${messageOf(error)}`))
}

/** Stops pgdeck; `fg` continues it. */
export function suspendProgram({ handover, notify }: CommandContext): void {
  if (process.platform === 'win32') notify('info', 'Windows has no shell to suspend to')
  else handover.stop().catch((error: unknown) => notify('error', `not suspended: ${String(error)}`))
}
