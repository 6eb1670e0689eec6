// What `doctor` says of poolers, proxies and addresses: where each leads, or what is wrong with it.

import type { ClusterConfig, Config } from '../../../config/config.ts'
import { entryPointTroubles } from '../../../model/diagnosis/entry-points.ts'
import type { DoctorFinding } from '../../../model/doctor/doctor.ts'
import { listText } from '../../../model/values/text.ts'
import { snapshotOf } from '../../../state/derive.ts'
import { closeWithinLimit } from '../../watching/poll-once.ts'
import { openWatchSession } from '../../watching/session.ts'

/** Reads the cluster once, because where an entry point should lead depends on all of its databases. None without any. */
export async function entryPointFindings(config: Config, cluster: ClusterConfig): Promise<readonly DoctorFinding[]> {
  const { poolers = [], proxies = [], addresses = [] } = cluster
  if (poolers.length + proxies.length + addresses.length === 0) return []
  const session = openWatchSession({ config: { ...config, clusters: [cluster] }, readOnly: true })
  try {
    await session.pollOnce()
    const state = session.store.latest()
    const [read] = state.clusters
    if (!read?.picture) return []
    const { entryPoints, runs, at: now } = read.picture
    const troubles = entryPointTroubles({ snapshot: snapshotOf(state, read), entryPoints, runs, now })
    const wrong = troubles.map(({ id, severity, message, next }): DoctorFinding => {
      return {
        area: 'reach',
        level: severity,
        subject: id,
        text: withoutName(message, id),
        next: next === null ? [] : [next],
      }
    })
    const right = entryPoints
      .filter(({ id, readAt }) => readAt !== null && !troubles.some((each) => each.id === id))
      .map(({ id, leadsTo }): DoctorFinding => {
        const places =
          leadsTo.length === 0
            ? 'nothing'
            : listText(
                leadsTo.map(({ name }) => name),
                'and',
              )
        return { area: 'reach', level: 'ok', subject: id, text: `leads to ${places}`, next: [] }
      })
    return [...wrong, ...right]
  } finally {
    await closeWithinLimit(session)
  }
}

/** The finding names it already. */
function withoutName(message: string, id: string): string {
  return message.startsWith(`${id}: `) ? message.slice(id.length + 2) : message
}
