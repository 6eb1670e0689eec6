// Rings when an alert begins or grows worse that nobody has muted.

import { muted } from '../../model/alerts/silence.ts'
import type { State } from '../../state/state.ts'
import type { Store } from '../../state/store.ts'

/** Calls `ring` once per publish that brings such alerts; answers with a function that ends it. */
export function ringOnAlerts(store: Store, ring: () => void): () => void {
  let before = loudIn(store.published(), new Map())
  return store.subscribe(() => {
    const now = loudIn(store.published(), before)
    const isNews = [...now].some(([cluster, alerts]) => {
      const known = before.get(cluster)
      // What stands when a cluster is seen for the first time is on the screen that was just opened.
      return known !== undefined && [...alerts].some((alert) => !known.has(alert))
    })
    before = now
    if (isNews) ring()
  })
}

type RingingAlerts = ReadonlyMap<string, ReadonlySet<string>>

/** By cluster, what is to be heard. A critical alert counts as its warning too: that it eases is no news. */
function loudIn({ clusters, now }: State, before: RingingAlerts): RingingAlerts {
  return new Map(
    clusters.flatMap(({ spec, picture, complete, silences }): [string, ReadonlySet<string>][] => {
      const known = before.get(spec.name)
      if (!picture || !complete) return known ? [[spec.name, known]] : []
      const alerts = picture.alerts.filter((alert) => muted(alert, silences, now) === null)
      const heard = alerts.flatMap(({ rule, subject, severity }) => {
        const key = `${rule} ${subject}`
        return severity === 'critical' ? [key, `${key} critical`] : [key]
      })
      return [[spec.name, new Set(heard)]]
    }),
  )
}
