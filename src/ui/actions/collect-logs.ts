// Collects the logs of the selected server or database, with progress in the line above the footer.

import { messageOf } from '../../model/values/fault.ts'
import { shownCluster } from '../../state/select/cluster.ts'
import type { State } from '../../state/state.ts'
import type { CommandContext } from '../keys/bindings/command-context.ts'
import { selectedNodeId } from '../keys/bindings/selection-target.ts'

/** Why there are no logs to collect here; null if there are. */
export function whyNoLogs(state: State): string | null {
  const { servers = [], databases = [] } = shownCluster(state) ?? {}
  const id = selectedNodeId(state)
  return [...servers, ...databases].some(({ spec }) => spec.id === id) ? null : 'select a server or a database first'
}

/** Begins, and reports the end. Keys and polls work meanwhile. */
export function collectSelectedLogs({ bindingContext, controller, notify }: CommandContext): void {
  const { state } = bindingContext()
  const [cluster, id] = [shownCluster(state)?.spec.name, selectedNodeId(state)]
  if (cluster === undefined || id === null) return
  notify('info', `collecting the logs of ${id}`)
  controller
    .collectLogs(cluster, id, (progress) => notify('info', `collecting the logs of ${id}: ${progress}`))
    .then(
      (result) => notify('info', `logs of ${id}: ${result}`),
      (error: unknown) => notify('error', `no logs of ${id}: ${messageOf(error)}`),
    )
}
