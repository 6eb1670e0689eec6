// The entries of the palette: every view and action by name, clusters, demo faults; found by names and words.

import type { DemoFault } from '../../../state/controller.ts'
import type { PaneId } from '../../../state/navigation.ts'
import { shownCluster } from '../../../state/select/cluster.ts'
import type { State } from '../../../state/state.ts'
import { VIEWS } from '../../views/index.ts'
import type { BindingId } from '../binding-id.ts'
import { actionBegunBy, viewOpenedBy, whyNot } from '../bindings/binding.ts'
import { whyNotInHistory } from '../bindings/history-mode.ts'
import type { BindingContext } from '../bindings/selection-target.ts'
import { isPaletteCommand } from '../names.ts'
import { matchScore } from '../word-match.ts'
import { bindingsWithCustomKeys } from './keymap.ts'
import { PALETTE_SYNONYMS } from './synonyms.ts'

type PaletteCommand =
  | { readonly kind: 'action'; readonly id: BindingId }
  | { readonly kind: 'cluster'; readonly name: string }
  | { readonly kind: 'fault'; readonly id: string }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'pane'; readonly view: string; readonly pane: PaneId }

export interface PaletteEntry {
  readonly title: string
  /** What the documents say to type for it. */
  readonly names?: readonly string[]
  readonly synonyms?: readonly string[]
  /** The key that does the same. */
  readonly key: string
  /** Why it can't be used now. */
  readonly reason: string | null
  readonly command: PaletteCommand
}

/** Entries that match the typed text, the best first; all of them without text. */
export function paletteEntries(
  context: BindingContext,
  faults: readonly DemoFault[],
  typed: string,
): readonly PaletteEntry[] {
  const { state } = context
  const entries = [
    ...actionEntries(context),
    ...nodeEntries(state, typed),
    ...paneEntries(state, typed),
    ...clusterEntries(state),
    ...faultEntries(faults, state),
  ]
  return (
    entries
      .map((entry) => ({ entry, score: matchScore(typed, entry) }))
      .filter(({ score }) => score !== null)
      // Usable entries precede unusable ones if the text matches them equally.
      .sort(
        (a, b) => (b.score ?? 0) - (a.score ?? 0) || Number(a.entry.reason !== null) - Number(b.entry.reason !== null),
      )
      .map(({ entry }) => entry)
  )
}

function actionEntries(context: BindingContext): readonly PaletteEntry[] {
  // The reasons are those of the mode below the palette.
  return bindingsWithCustomKeys(context.state.keys)
    .filter(({ inPalette }) => inPalette)
    .map((binding) => ({
      title: binding.title,
      names: [
        ...binding.keys.filter(isPaletteCommand).map((key) => key.slice(1)),
        actionBegunBy(binding.id) ?? viewOpenedBy(binding.id) ?? binding.id,
      ],
      synonyms: PALETTE_SYNONYMS[binding.id] ?? [],
      key: actionBegunBy(binding.id) !== null && binding.keys[0]?.startsWith(':') ? '' : (binding.keys[0] ?? ''),
      reason: whyNot(binding, context),
      command: { kind: 'action', id: binding.id },
    }))
}

/** `go db-1`: every server and database, once `go` is typed, or one of their names as it is. */
function nodeEntries(state: State, typed: string): readonly PaletteEntry[] {
  const cluster = shownCluster(state)
  const name = /^\s*go(?:\s+(.*))?$/i.exec(typed)
  const records = cluster ? [...cluster.databases, ...cluster.servers] : []
  return records
    .filter(({ spec, displayName }) => name !== null || [spec.id, displayName].includes(typed.trim()))
    .map(({ spec, displayName }) => ({
      title: displayName === spec.id ? `go to ${spec.id}` : `go to ${displayName} (${spec.id})`,
      names: [spec.id, displayName].flatMap((each) => [each, `go ${each}`, `go to ${each}`]),
      key: '',
      reason: null,
      command: { kind: 'node', name: spec.id },
    }))
}

/** `audit user`: the tabs of a view, once its name is typed. */
function paneEntries(state: State, typed: string): readonly PaletteEntry[] {
  const cluster = shownCluster(state)
  const name = typed.trim().toLowerCase().split(/\s+/)[0] ?? ''
  const view = VIEWS.find(({ id }) => id === name)
  const panes = cluster && view ? view.panes(state, cluster) : []
  if (!view || panes.length < 2) return []
  return panes.map(({ id }) => {
    const tab = id.slice(id.indexOf(':') + 1)
    return {
      title: `view: ${view.title}, tab ${tab}`,
      names: [`${view.id} ${tab}`],
      key: '',
      reason: null,
      command: { kind: 'pane', view: view.id, pane: id },
    }
  })
}

function clusterEntries(state: State): readonly PaletteEntry[] {
  if (state.clusters.length < 2) return []
  return state.clusters.map(({ spec }) => ({
    title: `cluster ${spec.name}`,
    key: '',
    reason: null,
    command: { kind: 'cluster', name: spec.name },
  }))
}

function faultEntries(faults: readonly DemoFault[], state: State): readonly PaletteEntry[] {
  return faults.map(({ id, title }) => ({
    title: `demo: ${title}`,
    names: [title],
    key: '',
    reason: whyNotInHistory(state),
    command: { kind: 'fault', id },
  }))
}
