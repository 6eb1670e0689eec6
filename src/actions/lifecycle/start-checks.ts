// Checks before a database is started in the role of its files: what role that is, and whether it is out of date.

import { BEFORE_PLAN } from '../../model/failover/loss-text.ts'
import type { DatabaseView, Picture } from '../../model/picture/picture.ts'
import { closedRestoreGate } from '../../model/picture/restore-gate.ts'
import { isReadAsPrimary, isReadAsStandby } from '../../model/picture/roles.ts'
import { mayBeCopies } from '../../model/replication/mirrored-pair.ts'
import { formatAge } from '../../model/values/units.ts'
import type { ClusterView, PlanningView, PreflightCheck, PreflightResult } from '../definition/action.ts'
import { timelineSeen } from '../definition/participants.ts'
import { databaseName, findServer } from '../definition/target.ts'
import type { StartFiles, StartRole } from '../hosts/start-files.ts'

/** The role in which a database will start. */
export interface ExpectedRole {
  /** null: unknown. */
  readonly role: StartRole | null
  /** What its files show; null: they can't be read, and `role` is that of its last reading. */
  readonly files: StartFiles | null
}

/** Says in which role it starts, and why. Never blocks: other checks judge what follows from it. */
export function startsInRole(view: DatabaseView, { role, files }: ExpectedRole): PreflightCheck {
  return {
    id: 'start-role',
    mayOverride: false,
    run(clusterView): PreflightResult {
      const { name } = view
      if (files === null) return withoutFiles(view, role, clusterView)
      const { fencedBy, control } = files
      const ended = control === null ? '' : ` (its control file: ${control.state}, timeline ${control.timeline})`
      if (fencedBy !== null) {
        return {
          result: 'warn',
          message: `${name} is fenced by run ${fencedBy}: it starts as a standby, whatever it was before${ended}`,
          hint: `To start it as a primary: pgdeck do unfence ${view.id}`,
        }
      }
      if (role === 'as-standby')
        return { result: 'pass', message: `standby.signal is there: it starts as a standby${ended}`, hint: null }
      if (role === 'recovering') {
        const message = `${name} recovers first, and may become a primary at the end (recovery.signal or a recovery target)${ended}`
        return { result: 'warn', message, hint: 'Make sure that this restore is meant to be a primary.' }
      }
      return { result: 'pass', message: `there is no standby.signal: it starts as a primary${ended}`, hint: null }
    },
  }
}

function withoutFiles(view: DatabaseView, role: StartRole | null, { now }: PlanningView): PreflightResult {
  const hint = 'Set "dataDirectory" for its host, and let this account read it.'
  if (role === 'as-standby') {
    const since = view.readAt === null ? '' : `, ${formatAge(now - view.readAt)} ${BEFORE_PLAN}`
    const message = `${view.name} was a standby when last read${since}; pgdeck can’t read its files`
    return { result: 'warn', message, hint }
  }
  const message = `whether ${view.name} starts as a primary or a standby is unknown: pgdeck can’t read its files`
  return { result: 'warn', message, hint }
}

/**
 * Fails if it ended as a standby, and would start as a primary: without a promotion it writes on the timeline of its
 * primary, and no other check could tell the two apart later.
 */
export function keepsStandbyRole(view: DatabaseView, { role, files }: ExpectedRole): PreflightCheck {
  return {
    id: 'was-standby',
    mayOverride: true,
    run(): PreflightResult {
      if (role !== 'as-primary' || !endedAsStandby(view, files)) return null
      const ended = files?.control ? ` (its control file: ${files.control.state})` : ''
      return {
        result: 'fail',
        message: `${view.name} ended as a standby${ended}, and there is no standby.signal: it would start as a second primary on the same timeline`,
        hint: `Start it as a standby: pgdeck do unfence ${view.id} --set as=standby`,
      }
    },
  }
}

const IN_RECOVERY: ReadonlySet<string> = new Set(['shut down in recovery', 'in archive recovery'])

/** By its control file; without one by its last reading. */
export function endedAsStandby(view: DatabaseView, files: StartFiles | null): boolean {
  return files?.control ? IN_RECOVERY.has(files.control.state) : isReadAsStandby(view)
}

/** Fails for a former primary, or a server over it, while the backup of the acting primary is not restored on it. */
export function restoreGateOpen(target: string, role: StartRole | null): PreflightCheck {
  return {
    id: 'restore-gate',
    mayOverride: true,
    run(clusterView): PreflightResult {
      const gate = gateOver(clusterView, target)
      if (!gate) return null
      const by = gate.server ?? gate.database
      const message = `it must not start before the restore: ${databaseOrServerName(clusterView, by)} acts as the primary for ${formatAge(clusterView.now - gate.since)}, and its data are not here`
      if (role === 'as-standby') return { result: 'warn', message: `${message}; it starts as a standby`, hint: null }
      return { result: 'fail', message, hint: `Bring it back with its data: pgdeck do failback ${by}` }
    },
  }
}

/** The acting primary whose restore that database or server waits for; null if it may start. */
export function gateOver(clusterView: ClusterView, target: string) {
  const gate = closedRestoreGate(clusterView.snapshot, clusterView.picture)
  return gate?.databases.includes(target) || gate?.servers.includes(target) ? gate.acting : null
}

function databaseOrServerName(clusterView: ClusterView, id: string): string {
  return findServer(clusterView, id)?.name ?? databaseName(clusterView, id)
}

/** Fails if it would be a primary on an older timeline than others of its system: another one was promoted since. */
export function timelineIsCurrent(view: DatabaseView, { role, files }: ExpectedRole): PreflightCheck {
  return {
    id: 'timeline',
    mayOverride: true,
    run(clusterView): PreflightResult {
      if (role === 'as-standby') return null
      const own = ownTimeline(view, files, clusterView)
      if (own === null) return { result: 'warn', message: 'the timeline of its data is unknown', hint: null }
      const newest = newestOther(view, clusterView)
      if (newest === null || newest.timeline <= own)
        return { result: 'pass', message: `no database of its system is on a later timeline than ${own}`, hint: null }
      return {
        result: 'fail',
        message: `its data are on timeline ${own}, ${newest.name} is on ${newest.timeline}: another database was promoted since`,
        hint: `Bring it back as a standby: pgdeck do failback ${view.id}`,
      }
    },
  }
}

/** Whether others of its system are known to be on a later timeline. */
export function isOutOfDate(view: DatabaseView, { role, files }: ExpectedRole, clusterView: PlanningView): boolean {
  const own = ownTimeline(view, files, clusterView)
  return role !== 'as-standby' && own !== null && (newestOther(view, clusterView)?.timeline ?? own) > own
}

/** A primary that ended before its first checkpoint has the previous timeline in its control file. */
function ownTimeline(view: DatabaseView, files: StartFiles | null, clusterView: PlanningView): number | null {
  const inFiles = files?.control?.timeline ?? null
  const seen = isReadAsPrimary(view) ? view.timeline : timelineSeen(clusterView, view)
  if (inFiles === null || seen === null) return inFiles ?? seen
  return Math.max(inFiles, seen)
}

function newestOther(view: DatabaseView, clusterView: PlanningView) {
  const { picture } = clusterView
  const others = othersOfSystem(view, picture).flatMap((each) => {
    const timelines = [each.timeline, timelineSeen(clusterView, each)].filter((timeline) => timeline !== null)
    return timelines.length === 0 ? [] : [{ name: each.name, timeline: Math.max(...timelines) }]
  })
  return others.toSorted((one, other) => other.timeline - one.timeline)[0] ?? null
}

function othersOfSystem(view: DatabaseView, picture: Picture): readonly DatabaseView[] {
  return picture.databases.filter((each) => each.id !== view.id && mayBeCopies(picture, each, view))
}
