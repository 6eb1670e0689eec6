// A binding of a key: its fields, the modes in which keys work, and why one can't be used now.

import type { State } from '../../../state/state.ts'
import type { BindingId } from '../binding-id.ts'
import { actionInputText, shownAction } from './action-input.ts'
import { whyNotInHistory, whyNotPolled } from './history-mode.ts'
import type { BindingContext } from './selection-target.ts'

/** The owner of the keys: the rows of a view, the details of one object, help, a menu, the palette, a text entry, a plan, a run. */
export const KEY_MODES = ['rows', 'details', 'help', 'menu', 'palette', 'entry', 'plan', 'run'] as const
export type KeyMode = (typeof KEY_MODES)[number]

export interface Binding {
  /** Names of keys; the first is the one to show. */
  readonly keys: readonly string[]
  readonly id: BindingId
  /** Its effect, in the words of `?` and the palette. */
  readonly title: string
  readonly group: 'Move' | 'Look' | 'Poll' | 'Act' | 'Entry' | 'Program'
  readonly modes: readonly KeyMode[]
  /** One word for the footer (empty: not there now) and its rank: the lowest stays longest on a narrow screen. */
  readonly footer?: {
    readonly label: string | ((context: BindingContext) => string)
    readonly rank: number
    /** The keys in the footer, if it names more than this binding's: those of all views, `0-9`. */
    readonly keys?: string
    /** The word if there are too many keys to name; then the footer names this one only. */
    readonly alone?: string
  }
  /** In the palette too. */
  readonly inPalette?: true
  /** Why it can't be used now, besides the common reasons of `whyNot`; null if it can. */
  reason?(context: BindingContext): string | null
}

/**
 * Why a key can't be used now; null if it can. An action on a cluster is about the present, not a recorded moment. What
 * is open can always be left.
 */
export function whyNot(binding: Binding, context: BindingContext): string | null {
  const past =
    (binding.group === 'Act' && binding.id !== 'leave') ||
    (binding.id === 'accept' && isOverlayOfPresent(context.state))
      ? whyNotInHistory(context.state)
      : binding.group === 'Poll'
        ? whyNotPolled(context.state)
        : null
  return past ?? binding.reason?.(context) ?? null
}

const PRESENT_OVERLAYS: readonly State['navigation']['overlay']['kind'][] = ['actions', 'faults', 'rename', 'silence']

/** Whether the choice or the text changes a cluster, or what pgdeck keeps of it. */
function isOverlayOfPresent({ navigation }: State): boolean {
  return PRESENT_OVERLAYS.includes(navigation.overlay.kind)
}

/** Id of the view that an action opens; null when it opens none. */
export function viewOpenedBy(id: BindingId): string | null {
  return id.startsWith('view-') ? id.slice('view-'.length) : null
}

/** Name of the act that an action begins; null when it begins none. */
export function actionBegunBy(id: BindingId): string | null {
  return id.startsWith('do-') ? id.slice('do-'.length) : null
}

/** The owner of the keys now. */
export function keyModeOf(state: State): KeyMode {
  const { overlay, details } = state.navigation
  const act = shownAction(state)
  if (act && overlay.kind === 'none')
    return actionInputText(state) !== null ? 'entry' : act.current.phase === 'running' ? 'run' : 'plan'
  switch (overlay.kind) {
    case 'help':
      return 'help'
    case 'faults':
    case 'export':
      return 'menu'
    case 'actions':
      return overlay.text === null ? 'menu' : 'palette'
    case 'palette':
      return 'palette'
    case 'filter':
    case 'rename':
    case 'silence':
      return 'entry'
    case 'none':
      return details ? 'details' : 'rows'
  }
}
