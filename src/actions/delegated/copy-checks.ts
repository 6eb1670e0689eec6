// What a manager removes when it copies a database anew or brings it back, and the checks before that.

import type { DatabaseView } from '../../model/picture/picture.ts'
import type { Impact } from '../../model/runs/plan.ts'
import { backupWindow } from '../backup/backup-window.ts'
import { enoughWalSendersAndSlots } from '../checks/attaching-standbys.ts'
import { noReplicationLoop, upstreamIsReadable } from '../checks/new-upstream.ts'
import { requiredSettingsFor } from '../checks/required-settings.ts'
import type { Draft, PreflightCheck, PreflightResult } from '../definition/action.ts'
import { type HistoryCondition, historyConditionOf } from '../failback/history-condition.ts'
import { dataLetRewind, type RewindAssessment } from '../failback/rewindable.ts'
import { historyCheck } from '../failback/text.ts'
import { endedAsStandby } from '../lifecycle/start-checks.ts'
import { startableOf } from '../lifecycle/startable.ts'
import { cascadingStandbysCheck, notWritable, sameSystemCheck } from '../rebuild-replica/checks.ts'
import { mayHoldMore, mayShareHost } from '../rebuild-replica/draft.ts'
import { hostDiskSpaceCheck } from '../rebuild-replica/host-checks.ts'
import type { Rebuild } from '../rebuild-replica/planned-steps.ts'
import { tablespacesHavePlaces } from '../tablespaces/checks.ts'
import type { Delegation } from './delegated-draft.ts'

/** What is lost with the old data of a database. */
export interface Removal {
  readonly danger: Draft['danger']
  /** To be put into the impact. */
  readonly loss: Pick<Impact, 'lossBytes' | 'lossSeconds'>
  /** A sentence. */
  readonly words: string
}

const NOTHING: Omit<Removal, 'words'> = { danger: 'outage', loss: { lossBytes: 0, lossSeconds: 0 } }
const UNKNOWN: Omit<Removal, 'words'> = { danger: 'data-loss', loss: { lossBytes: null, lossSeconds: null } }

/** Of a new copy in the place of its data. */
export function removalOf({ clusterView }: Delegation, { id, name }: DatabaseView): Removal {
  return mayHoldMore(clusterView, id)
    ? { ...UNKNOWN, words: `What only ${name} has is lost: it was a primary, and pgdeck did not compare the two.` }
    : { ...NOTHING, words: 'It was a standby, so it has nothing that its primary lacks.' }
}

/** Before a new copy; the manager removes the old data first, and puts tablespaces where the upstream has them. */
export function copyChecks(rebuild: Rebuild, { danger }: Removal): readonly PreflightCheck[] {
  const { view, upstream, service, bytes, tablespaces } = rebuild
  const placed = tablespaces.kind === 'known' ? tablespaces.tablespaces.placed : []
  return [
    ...commonChecks(view, upstream, danger === 'data-loss'),
    hostDiskSpaceCheck(service, bytes, placed, true),
    itsOwnWay(
      tablespacesHavePlaces(tablespaces, '', mayShareHost(view, upstream)),
      'The manager puts each where its configuration says, else where the upstream has it.',
    ),
    cascadingStandbysCheck(view.id),
  ]
}

function commonChecks(view: DatabaseView, upstream: DatabaseView, isGone: boolean): readonly PreflightCheck[] {
  return [
    notWritable(view.id),
    upstreamIsReadable(upstream.id),
    itsOwnWay(sameSystemCheck(view, upstream), 'The manager keeps nothing of it aside.'),
    backupWindow(view, isGone),
    noReplicationLoop(view.id, upstream.id),
    itsOwnWay(requiredSettingsFor(view.id, 'started'), 'The manager may raise them itself.'),
    enoughWalSendersAndSlots(upstream.id, 2),
  ]
}

/** The manager does it, and may do it in another way than pgdeck would: a person may know that. */
function itsOwnWay(check: PreflightCheck, hint: string): PreflightCheck {
  return {
    ...check,
    mayOverride: true,
    async run(...args): Promise<PreflightResult> {
      const finding = await check.run(...args)
      return finding && finding.result !== 'pass' ? { ...finding, hint } : finding
    },
  }
}

export interface Return extends Removal {
  readonly checks: readonly PreflightCheck[]
}

/** Of a database that comes back as a standby: with the data it has, or with what the upstream has instead. */
export async function returnOf(
  { clusterView, tools, acts }: Delegation,
  view: DatabaseView,
  upstream: DatabaseView,
): Promise<Return> {
  const { service, expected } = await startableOf(view, tools)
  const about = expected.files !== null || view.pulse !== null
  if (about && endedAsStandby(view, expected.files) && !mayHoldMore(clusterView, view.id)) {
    const words = `${view.name} was a standby: nothing is lost.`
    return { ...NOTHING, words, checks: commonChecks(view, upstream, false) }
  }
  const condition = await historyConditionOf(view, upstream, service, clusterView, tools)
  const isBehind = condition.kind === 'behind' || condition.kind === 'follows'
  const removal = isBehind
    ? { ...NOTHING, words: 'Nothing is lost.' }
    : { ...UNKNOWN, words: `Commits that only ${view.name} has are lost, and nothing is kept aside.` }
  const rewind = isBehind ? null : await dataLetRewind(service, tools)
  const copies = acts.kind === 'repmgr' ? 'repmgr then refuses it' : 'The manager then copies it anew, or leaves it'
  return {
    ...removal,
    checks: [
      ...commonChecks(view, upstream, !isBehind),
      historyOf(condition),
      ...(isBehind ? [] : [rewindOf(rewind, `${copies}: pgdeck do rebuild-replica ${view.id}`)]),
    ],
  }
}

function historyOf(condition: HistoryCondition): PreflightCheck {
  return itsOwnWay(historyCheck(condition), 'The writes that only it has are lost.')
}

function rewindOf(found: RewindAssessment | null, hint: string): PreflightCheck {
  return {
    id: 'rewind',
    mayOverride: false,
    run(): PreflightResult {
      if (found === null)
        return { result: 'warn', message: 'whether its data can be rewound is unknown from here', hint }
      const { can, why } = found
      return can
        ? { result: 'pass', message: `its data can be rewound: ${why}`, hint: null }
        : { result: 'warn', message: `pg_rewind can’t rewind it: ${why}`, hint: found.hint ?? hint }
    },
  }
}
