// The three dim lines of a demo's first minute: what to try. They hide no alert; where the room is short, events.

import { isReplica } from '../../model/picture/roles.ts'
import { paneWithFocus, shownCluster, shownPanes } from '../../state/select/cluster.ts'
import type { State } from '../../state/state.ts'
import { openView } from '../keys/bindings/selection.ts'
import { currentActionKey, currentKey } from '../keys/names.ts'
import type { Viewport } from '../views/list/view.ts'
import { cutLine, EMPTY_LINE, type Line, lineWidth, span } from './format/line.ts'
import { clickTargetOf } from './parts/click-target.ts'

const SHOWN_MS = 60_000
const HOME = 'topology'

/** The body of the first view with them in the place of events. The same lines when there is nothing to say, or no room. */
export function withIntroduction(body: readonly Line[], state: State, screen: Viewport): readonly Line[] {
  const cluster = shownCluster(state)
  if (!cluster?.picture || !isDue(state) || openView(state).id !== HOME) return body
  const lines = introduction(state, screen)
  const used = body.findLastIndex((line) => lineWidth(line) > 1) + 1
  if (body.length - used > lines.length) return replaced(body, used + 1, lines)
  const first = body.length - lines.length
  const isRead = paneWithFocus(state, shownPanes(cluster)) === 'events'
  const hasRoom = body.slice(first).every((line) => line === EMPTY_LINE || clickTargetOf(line)?.pane === 'events')
  return hasRoom && !isRead && cluster.picture.alerts.length === 0 ? replaced(body, first, lines) : body
}

function isDue({ now, startedAt, faultMade, navigation, action }: State): boolean {
  const isHidden = navigation.details !== null || navigation.overlay.kind === 'help' || action !== null
  return faultMade !== true && !isHidden && now - startedAt < SHOWN_MS
}

function replaced(body: readonly Line[], first: number, lines: readonly Line[]): readonly Line[] {
  return body.toSpliced(first, lines.length, ...lines)
}

function introduction(state: State, { columns, glyphs }: Viewport): readonly Line[] {
  const hasStandby = shownCluster(state)?.picture?.databases.some(isReplica) ?? false
  const texts: readonly (readonly [key: string, text: string])[] = [
    [currentActionKey(state, 'faults', 'f'), 'breaks something: these servers are real, and gone when you quit'],
    [currentKey(state, 'd'), 'says why: what is wrong with the selected one, and what to do next'],
    ...(hasStandby
      ? [
          [
            currentActionKey(state, 'do-promote', 'P'),
            'promotes a standby: plan, checks, and proof that it worked',
          ] as const,
        ]
      : []),
  ]
  return texts.map(([key, text]) =>
    cutLine([span(`   ${key}`, 'key'), span(`  ${text}`, 'dim')], columns, glyphs.ellipsis),
  )
}
