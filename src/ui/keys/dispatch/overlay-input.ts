// Accepts typed or chosen input: filter, display name, palette, demo fault.

import { messageOf } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'
import type { DemoFault } from '../../../state/controller.ts'
import type { Overlay } from '../../../state/navigation.ts'
import { shownCluster } from '../../../state/select/cluster.ts'
import type { State } from '../../../state/state.ts'
import { beginAction } from '../../actions/action-keys.ts'
import { menuActions } from '../../actions/available-actions.ts'
import { acceptSilence } from '../../actions/silence.ts'
import type { CommandContext } from '../bindings/command-context.ts'
import { paletteEntries } from '../keymap/palette.ts'
import { exportScreen } from './export-screen.ts'
import { selectNode } from './select-node.ts'

/** Longest display name, as for PostgreSQL's own names. */
const LONGEST = 63

/** The text being typed; null if nothing takes text. */
export function overlayText(state: State): string | null {
  const { overlay } = state.navigation
  return 'text' in overlay ? overlay.text : null
}

/** `enter` in an entry or a menu. */
export function acceptOverlay(context: CommandContext): void {
  const { overlay } = context.store.latest().navigation
  switch (overlay.kind) {
    case 'filter':
      context.navigate({ type: 'overlay-closed' })
      break
    case 'rename':
      acceptName(context, overlay)
      break
    case 'silence':
      acceptSilence(context, overlay)
      break
    case 'palette':
      acceptCommand(context, overlay)
      break
    case 'export':
      context.navigate({ type: 'overlay-closed' })
      exportScreen(context, overlay.chosen)
      break
    case 'actions':
      takeAct(context, overlay)
      break
    case 'faults': {
      const fault = context.controller.faults[overlay.chosen]
      context.navigate({ type: 'overlay-closed' })
      if (fault) makeFault(context, fault)
    }
  }
}

function acceptName(context: CommandContext, overlay: Extract<Overlay, { kind: 'rename' }>): void {
  const { navigate, notify, controller, store } = context
  const name = overlay.text.trim()
  const problem = displayNameProblem(store.latest(), overlay.cluster, overlay.id, name)
  if (problem !== null) {
    navigate({ type: 'entry-refused', problem })
    return
  }
  navigate({ type: 'overlay-closed' })
  controller.rename(overlay.cluster, overlay.id, name === overlay.id ? '' : name).then(
    () => notify('info', name === '' ? `${overlay.id} has its own name again` : `${overlay.id} is shown as ${name}`),
    (error: unknown) => notify('error', `the name of ${overlay.id} could not be saved: ${messageOf(error)}`),
  )
}

/** Why a display name is refused; null if it is accepted. An empty one removes the display name. */
function displayNameProblem(state: State, clusterName: string, id: string, name: string): string | null {
  if ([...name].length > LONGEST) return `at most ${LONGEST} characters`
  if (clean(name) !== name) return 'control and invisible characters are not allowed'
  const cluster = state.clusters.find(({ spec }) => spec.name === clusterName)
  const others = [...(cluster?.servers ?? []), ...(cluster?.databases ?? [])].filter(({ spec }) => spec.id !== id)
  const taken = others.find((record) => record.displayName === name || record.spec.id === name)
  if (!taken || name === '') return null
  return `${name} is already a name in this cluster`
}

function acceptCommand(context: CommandContext, overlay: Extract<Overlay, { kind: 'palette' }>): void {
  const { navigate, notify, controller } = context
  const entry = paletteEntries(context.bindingContext(), controller.faults, overlay.text)[overlay.chosen]
  navigate({ type: 'overlay-closed' })
  if (!entry) return
  const { command, reason } = entry
  if (reason !== null) notify('warning', `not now: ${reason}`)
  else if (command.kind === 'cluster') navigate({ type: 'cluster-shown', cluster: command.name })
  else if (command.kind === 'node') selectNode(context, command.name)
  else if (command.kind === 'pane') {
    navigate({ type: 'view-opened', view: command.view })
    navigate({ type: 'pane-focused', pane: command.pane })
  } else if (command.kind === 'fault') {
    const fault = controller.faults.find(({ id }) => id === command.id)
    if (fault) makeFault(context, fault)
  } else context.run(command.id)
}

function takeAct(context: CommandContext, { chosen, text }: Extract<Overlay, { kind: 'actions' }>): void {
  const act = menuActions(context.bindingContext().state, text ?? '')[chosen]
  context.navigate({ type: 'overlay-closed' })
  if (!act) return
  if (act.reason !== null) context.notify('warning', `not now: ${act.reason}`)
  else beginAction(context, act.name)
}

function makeFault({ notify, store }: CommandContext, fault: DemoFault): void {
  store.dispatch({ type: 'fault-made' })
  notify('info', `${fault.title}: in progress`)
  fault.make().then(
    () => notify('info', `${fault.title}: done`),
    (error: unknown) => notify('error', `${fault.title}: ${messageOf(error)}`),
  )
}

/** Opens the menu of the demo's faults: on the healing while something is broken by one. */
export function openFaults({ bindingContext, controller, navigate }: CommandContext): void {
  const { state } = bindingContext()
  const isBroken = state.faultMade === true && (shownCluster(state)?.picture?.alerts.length ?? 0) > 0
  const healing = controller.faults.findIndex(({ id }) => id === 'heal')
  navigate({ type: 'overlay-opened', overlay: { kind: 'faults', chosen: isBroken ? Math.max(0, healing) : 0 } })
}
