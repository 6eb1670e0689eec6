// Checks of commits that wait for synchronous standbys: whether those that are there after a change are enough. They count by the
// names with which they connect, as the server does.

import { parseDsnText } from '../../config/dsn/dsn-text.ts'
import type { WalSender } from '../../model/measured/pulse.ts'
import { senderKindOf } from '../../model/measured/sender-kind.ts'
import { linkTo } from '../../model/picture/neighbours.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { parseSyncStandbys, type SyncStandbys, syncPriorityOf } from '../../model/replication/sync/sync-standbys.ts'
import { listText } from '../../model/values/text.ts'
import type { ActionToolbox, PlanningView, PreflightCheck, PreflightResult } from '../definition/action.ts'
import { findDatabase } from '../definition/target.ts'
import { laterReplayText } from '../repoint/later-replay.ts'
import { currentPrimaryConninfo } from '../repoint/set-upstream.ts'

/** Standbys that confirm commits after the change, by application name. null: the name is unknown. */
type Names = readonly (string | null)[]

/**
 * Warns if commits of the new primary would wait for more standbys than it will have. `followers` are pointed at it;
 * `returning` is the old primary that comes back with its id as its name. Those that already stream from it stay.
 */
export function enoughSyncStandbys(
  target: string,
  followers: readonly DatabaseView[],
  returning: DatabaseView | null,
): PreflightCheck {
  return {
    id: 'sync-standbys',
    mayOverride: false,
    async run(clusterView, _, tools): Promise<PreflightResult> {
      const view = findDatabase(clusterView, target)
      const setting = view?.pulse?.synchronousStandbyNames
      if (setting === undefined) return { result: 'warn', message: 'synchronous_standby_names is unknown', hint: null }
      const wanted = parseSyncStandbys(setting)
      if (!wanted) return { result: 'pass', message: 'commits wait for no standby', hint: null }
      // One that replays later streams later.
      const prompt = followers.filter((each) => laterReplayText(each) === null)
      const names = await Promise.all(prompt.map((each) => applicationNameOf(each, clusterView, tools)))
      const staying = confirming(view).map(({ state, applicationName }) => (state === null ? null : applicationName))
      const { named, unknown } = counted(wanted, [...staying, ...names, ...(returning ? [returning.id] : [])])
      const message = `synchronous_standby_names is '${setting}': commits wait for ${wanted.count} of them`
      if (named.length >= wanted.count)
        return { result: 'pass', message: `${message}, and ${listText(named)} will follow`, hint: null }
      const way = `On it: ALTER SYSTEM SET synchronous_standby_names = ''; SELECT pg_reload_conf();`
      if (named.length + unknown >= wanted.count)
        return { result: 'warn', message: `${message}; the names of those that will follow are unknown`, hint: way }
      const few = named.length === 0 ? 'none' : `only ${listText(named)}`
      const hint = `Of those that will follow it names ${few}: every commit would hang. ${way}`
      return { result: 'warn', message, hint }
    },
  }
}

/** Fails if commits of its upstream wait for this standby, or for more than are left without it. */
export function notRequiredForCommits(view: DatabaseView, upstream: DatabaseView | null): PreflightCheck {
  return {
    id: 'sync-standbys',
    mayOverride: true,
    run(clusterView): PreflightResult {
      // By one reading: the walsenders of an earlier one are others.
      const now = upstream && findDatabase(clusterView, upstream.id)
      const setting = now?.pulse?.synchronousStandbyNames
      const wanted = setting === undefined ? null : parseSyncStandbys(setting)
      if (!wanted || !now) return { result: 'pass', message: 'no commit waits for it', hint: null }
      const link = linkTo(clusterView.picture, view.id)
      const isNamed = ({ applicationName }: WalSender) => syncPriorityOf(wanted, applicationName) !== null
      const own = link?.sender ?? link?.ambiguousSenders.find(isNamed) ?? null
      const others = confirming(now).filter((sender) => sender !== own)
      const left = others.filter((sender) => sender.state !== null && isNamed(sender)).length
      const message = `synchronous_standby_names of ${now.name} is '${setting}': commits wait for ${wanted.count}, ${left} would be left`
      if (left >= wanted.count) return { result: 'pass', message, hint: null }
      const hint = `On ${now.name}, first: ALTER SYSTEM SET synchronous_standby_names = …; SELECT pg_reload_conf();`
      if (left + others.filter(({ state }) => state === null).length >= wanted.count)
        return { result: 'warn', message: `${message}, and others that this role may not see`, hint }
      return { result: 'fail', message: `${message}: every commit would hang`, hint }
    },
  }
}

function counted(wanted: SyncStandbys, names: Names) {
  const known = names.filter((name) => name !== null)
  const named = known.filter((name) => syncPriorityOf(wanted, name) !== null)
  return { named, unknown: names.length - known.length }
}

/** Its walsenders that may confirm commits: neither base backups nor users of logical slots. */
function confirming(view: DatabaseView | null): readonly WalSender[] {
  const pulse = view?.problem ? null : (view?.pulse ?? null)
  return (pulse?.senders ?? []).filter(
    (sender) => !['backup', 'logical', 'capture', 'stale'].includes(senderKindOf(sender, pulse)),
  )
}

/** The name with which a standby connects: as its upstream shows it, else as its settings have it. null if unknown. */
async function applicationNameOf(
  view: DatabaseView,
  { picture }: PlanningView,
  tools: ActionToolbox,
): Promise<string | null> {
  const seen = linkTo(picture, view.id)?.sender?.applicationName ?? ''
  if (seen !== '') return seen
  try {
    const conninfo = await currentPrimaryConninfo(view.id, tools)
    if (conninfo === null) return null
    return parseDsnText(conninfo).get('application_name') || view.pulse?.clusterName || 'walreceiver'
  } catch {
    return null
  }
}
