// What the guided tour of the demo does: an incident from the first sign to the proof, as scenes with their captions.

import { promotionProposal } from '../../model/failover/proposal.ts'
import type { Picture } from '../../model/picture/picture.ts'
import { isActivePrimary } from '../../model/picture/roles.ts'
import { requiredConfirmation } from '../../model/runs/confirmation.ts'
import { displayNameOf, shownCluster } from '../../state/select/cluster.ts'
import type { State } from '../../state/state.ts'
import { selectedNodeId } from '../keys/bindings/selection-target.ts'

/** Whether what a scene waits for is on the screen, or why it can't come. */
export type SceneProgress = 'waits' | 'there' | { readonly stopped: string }

export interface TourScene {
  /** The caption, when the scene begins. */
  say(state: State): string
  /** The key that is pressed; null: none. */
  readonly press: string | null
  /** Id of what is selected before the key is pressed; null: what is selected already. */
  aim?(state: State): string | null
  /** What is typed, letter by letter; null: nothing. */
  types?(state: State): string
  /** Id of a fault of the demo that is made. */
  readonly fault?: string
  /** What it waits for after that; absent: nothing. */
  until?(state: State): SceneProgress
  /** How long the screen is left to be read, in milliseconds at the speed 1. */
  readonly readMs: number
}

/** Faults of the demo are made, everything else is keys. */
export const TOUR_SCENES: readonly TourScene[] = [
  {
    say: () => 'An incident on real servers. Watch first, or take over.',
    press: null,
    until: (state) => when(shownCluster(state)?.complete === true),
    readMs: 5_000,
  },
  {
    say: (state) => `${primaryOf(state)} is the primary. Line 2 of the banner: what its loss would cost now.`,
    press: null,
    readMs: 6_000,
  },
  {
    say: (state) => `Now ${primaryOf(state)} loses its power: its processes end at once.`,
    press: null,
    readMs: 2_500,
  },
  {
    say: () => 'The alarm: what users can still do, and the ways out with what each loses.',
    press: null,
    fault: 'kill-primary',
    until: (state) => when(candidateOf(state) !== null),
    readMs: 9_000,
  },
  {
    say: () => 'opens the worst alert: since when, on which facts, what is behind it.',
    press: '!',
    until: (state) => when(state.navigation.view === 'alerts'),
    readMs: 6_000,
  },
  {
    say: () => 'diagnoses: network, port, process, files and log, from outside to inside.',
    press: 'd',
    aim: lostPrimary,
    until: (state) => when(state.diagnosis?.verdict != null),
    readMs: 9_000,
  },
  {
    say: (state) => `plans the promotion of ${candidateOf(state) ?? 'the standby'}. A plan changes nothing yet.`,
    press: 'P',
    until: planIsThere,
    readMs: 3_000,
  },
  {
    say: () => 'The plan: what it costs first, then live checks, then the steps.',
    press: null,
    until: planIsThere,
    readMs: 8_000,
  },
  {
    say: () => 'scrolls: the steps, each with the command that it runs.',
    press: 'pagedown',
    until: planIsThere,
    readMs: 6_000,
  },
  {
    say: () => 'A promotion asks for the name of its target. Nobody types it by accident.',
    press: null,
    types: confirmationText,
    until: planIsThere,
    readMs: 1_500,
  },
  {
    say: () => 'runs it: a step counts as done only when its effect is seen.',
    press: 'enter',
    until: runHasEnded,
    readMs: 1_500,
  },
  {
    say: () => 'The proof: who serves the users now, and what is left to do.',
    press: null,
    until: runHasEnded,
    readMs: 9_000,
  },
  {
    say: () => 'leaves the run. Its journal stays: pgdeck runs shows it.',
    press: 'esc',
    until: (state) => when(state.action === null),
    readMs: 1_500,
  },
  {
    say: (state) => `goes home: ${primaryOf(state)} is the primary.`,
    press: '1',
    until: (state) => when(state.navigation.view === 'topology' && state.navigation.details === null),
    readMs: 6_000,
  },
]

/** The last line of a tour that came to its end. */
export const TOUR_INVITATION = 'Your turn: f heals this or breaks something else, ? shows all keys, q quits.'

function when(isThere: boolean): SceneProgress {
  return isThere ? 'there' : 'waits'
}

function pictureOf(state: State): Picture | null {
  return shownCluster(state)?.picture ?? null
}

function primaryOf(state: State): string {
  return pictureOf(state)?.databases.find(isActivePrimary)?.name ?? 'the primary'
}

/** Name of the standby that the banner proposes; null: none yet. */
function candidateOf(state: State): string | null {
  const picture = pictureOf(state)
  const id = picture && promotionProposal(picture, null)
  return picture && id !== null ? displayNameOf(picture, id) : null
}

/** The primary that is down, unless it is selected already: the worst alert may be about the cluster. */
function lostPrimary(state: State): string | null {
  const id = pictureOf(state)?.failover.ifFails ?? null
  return selectedNodeId(state) === id ? null : id
}

function planIsThere({ action }: State): SceneProgress {
  const current = action?.current
  if (current?.phase === 'refused') return { stopped: current.why }
  return when(current?.phase === 'planned')
}

function confirmationText({ action }: State): string {
  if (action?.current.phase !== 'planned') return ''
  const { plan } = action.current.run
  return requiredConfirmation(plan) === 'typed' ? plan.confirm : ''
}

function runHasEnded({ action }: State): SceneProgress {
  const current = action?.current
  if (current?.phase === 'planned' && current.problem !== null) return { stopped: current.problem }
  if (current?.phase === 'refused') return { stopped: current.why }
  if (current?.phase === 'running' && current.question !== null) return { stopped: 'a step asks what to do' }
  if (current?.phase !== 'ended') return 'waits'
  return current.run.state === 'done' ? 'there' : { stopped: `the run ended: ${current.run.state}` }
}
