// The entries of the palette: every view and action by name, clusters, demo faults; a fuzzy search finds them.

import type { DemoFault } from '../../../state/controller.ts'
import type { State } from '../../../state/state.ts'
import type { BindingId } from '../binding-id.ts'
import { actionBegunBy, whyNot } from '../bindings/binding.ts'
import { whyNotInHistory } from '../bindings/history-mode.ts'
import type { BindingContext } from '../bindings/selection-target.ts'
import { isPaletteCommand } from '../names.ts'
import { bindingsWithCustomKeys } from './keymap.ts'

type PaletteCommand =
  | { readonly kind: 'action'; readonly id: BindingId }
  | { readonly kind: 'cluster'; readonly name: string }
  | { readonly kind: 'fault'; readonly id: string }

export interface PaletteEntry {
  readonly title: string
  /** The text to type for it according to `pgdeck keys`, if that is not a part of its title. */
  readonly name?: string
  /** The key with the same effect. */
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
  const entries = [...actionEntries(context), ...clusterEntries(context.state), ...faultEntries(faults, context.state)]
  return (
    entries
      .map((entry) => ({ entry, score: matchScore(typed, entry.title) ?? matchScore(typed, entry.name ?? '') }))
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
      name: binding.keys.find(isPaletteCommand)?.slice(1) ?? '',
      key: actionBegunBy(binding.id) !== null && binding.keys[0]?.startsWith(':') ? '' : (binding.keys[0] ?? ''),
      reason: whyNot(binding, context),
      command: { kind: 'action', id: binding.id },
    }))
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
    key: '',
    reason: whyNotInHistory(state),
    command: { kind: 'fault', id },
  }))
}

/** The quality of a match of letters in order: beginnings of words and adjacent letters count more; null without a match. */
export function matchScore(typed: string, title: string): number | null {
  const text = title.toLowerCase()
  let score = 0
  let at = -1
  for (const letter of typed.toLowerCase().replace(/\s+/g, '')) {
    const next = text.indexOf(letter, at + 1)
    if (next < 0) return null
    const begins = next === 0 || !/[a-z0-9]/.test(text[next - 1] ?? ' ')
    score += next === at + 1 ? 3 : begins ? 2 : 0
    score -= Math.min(2, (next - at - 1) / 10)
    at = next
  }
  return score
}
