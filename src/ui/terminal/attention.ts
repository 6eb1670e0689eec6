// Signals for users who do not look at the screen: the title of the terminal shows the worst status, and the bell
// rings when an unmuted alert begins or worsens.

import { muted } from '../../model/alerts/silence.ts'
import { alertKey } from '../../model/picture/alert.ts'
import type { Health } from '../../model/picture/picture.ts'
import { clean } from '../../model/values/text.ts'
import { mostUrgentAlert } from '../../state/select/cluster.ts'
import type { ClusterState, State } from '../../state/state.ts'
import type { Store } from '../../state/store.ts'
import type { Glyphs } from '../frame/format/glyphs.ts'

const HEALTH_WEIGHT: Readonly<Record<Health, number>> = { critical: 0, warning: 1, unknown: 2, ok: 3 }

/** `✖ CRITICAL vault (and 3 more) · pgdeck`; always of the present. */
export function terminalTitle({ clusters, now }: State, glyphs: Glyphs): string {
  const [worst] = [...clusters].sort((a, b) => weight(a) - weight(b))
  if (!worst) return 'pgdeck'
  const { picture, spec } = worst
  const health = picture?.health ?? 'unknown'
  const word = picture === null ? 'waiting' : health === 'ok' ? '' : health.toUpperCase()
  const more = clusters.length > 1 ? `(and ${clusters.length - 1} more)` : ''
  const alert = health === 'ok' ? null : mostUrgentAlert(worst, now)?.alert
  const parts = [glyphs[health], word, clean(spec.name), more, alert ? `${glyphs.dash} ${alert.rule}` : '']
  const text = `${parts.filter((part) => part !== '').join(' ')} ${glyphs.dot} pgdeck`
  return glyphs.ascii ? text.replace(/[^\x20-\x7e]/gu, '?') : text
}

function weight({ picture }: ClusterState): number {
  return HEALTH_WEIGHT[picture?.health ?? 'unknown']
}

/** Calls `ring` once per publish that brings such alerts; returns a function that ends it. */
export function ringOnAlerts(store: Store, ring: () => void): () => void {
  let before = loudIn(store.published(), new Map())
  return store.subscribe(() => {
    const now = loudIn(store.published(), before)
    const isNews = [...now].some(([cluster, alerts]) => {
      const known = before.get(cluster)
      // Alerts that exist when a cluster is first seen do not ring: the user has just opened the screen.
      return known !== undefined && [...alerts].some((alert) => !known.has(alert))
    })
    before = now
    if (isNews) ring()
  })
}

type RingingAlerts = ReadonlyMap<string, ReadonlySet<string>>

/** The audible alerts by cluster. A critical alert counts as its warning too: an alert that eases does not ring. */
function loudIn({ clusters, now }: State, before: RingingAlerts): RingingAlerts {
  return new Map(
    clusters.flatMap(({ spec, picture, complete, silences }): [string, ReadonlySet<string>][] => {
      const known = before.get(spec.name)
      if (!picture || !complete) return known ? [[spec.name, known]] : []
      const alerts = picture.alerts.filter((alert) => muted(alert, silences, now) === null)
      const heard = alerts.flatMap((alert) => {
        const key = alertKey(alert)
        return alert.severity === 'critical' ? [key, `${key} critical`] : [key]
      })
      return [[spec.name, new Set(heard)]]
    }),
  )
}
