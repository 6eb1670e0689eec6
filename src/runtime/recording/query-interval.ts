// How often a recording asks what views ask while they are open.

import { muted } from '../../model/alerts/silence.ts'
import type { State } from '../../state/state.ts'

const USUAL_MS = 10_000
/** What led to an alert shows soon after it. One that stands for days must not make polling dearer for days. */
const CLOSE_LOOK_MS = 10 * 60_000

/** In milliseconds: at each poll while an alert is new and not muted, else every ten seconds. */
export function recordedQueryInterval({ now, clusters, intervalMs }: State, name: string): number {
  const { picture, silences = [] } = clusters.find(({ spec }) => spec.name === name) ?? {}
  const isNew = (picture?.alerts ?? []).some(
    (alert) => now - alert.since < CLOSE_LOOK_MS && !muted(alert, silences, now),
  )
  return isNew ? intervalMs : USUAL_MS
}
