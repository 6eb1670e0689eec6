// Waits until a standby has everything that a primary wrote before it was stopped: up to its shutdown checkpoint.

import { standbyPositionOf } from '../../model/picture/roles.ts'
import { areComparableTimelines } from '../../model/replication/timelines.ts'
import type { JsonRecord } from '../../model/runs/plan.ts'
import { type ProvenLoss, toLossProof } from '../../model/runs/proven-loss.ts'
import { formatLsn, furthestLsn, type Lsn, parseLsn } from '../../model/values/lsn.ts'
import { formatAge } from '../../model/values/units.ts'
import type { ActionToolbox, PlanningView } from '../definition/action.ts'
import { optionalTextArgument, textArgument } from '../definition/step-arguments.ts'
import type { StepKind, Verification } from '../definition/step-kind.ts'
import { databaseName, findDatabase } from '../definition/target.ts'
import { type ControlState, readControlFile } from '../hosts/control-file.ts'

export interface CaughtUpWait {
  readonly primary: string
  readonly candidate: string
  readonly host: string | null
  readonly dataDirectory: string | null
  /** What the primary was last seen to have when this was planned. */
  readonly lsn: string
}

export function waitCaughtUpArguments(args: CaughtUpWait): JsonRecord {
  return { ...args }
}

export const waitCaughtUpKind: StepKind = {
  kind: 'received-all',
  isReadOnly: true,
  async run() {
    // Nothing is sent: the standby gets it, or never will.
  },
  async verify(args, tools): Promise<Verification> {
    const sight = await tools.refresh()
    const candidate = textArgument(args, 'candidate')
    const view = findDatabase(sight, candidate)
    const position = view && standbyPositionOf(view)
    if (!position) return { result: 'not-yet', why: `${databaseName(sight, candidate)} can’t be read` }
    const received = furthestLsn(position.receivedLsn, position.replayedLsn)
    const control = await controlOf(args, tools)
    const names = {
      primary: databaseName(sight, textArgument(args, 'primary')),
      candidate: databaseName(sight, candidate),
    }
    const seen = sight.snapshot.databases.find(
      ({ spec }) => spec.id === textArgument(args, 'primary'),
    )?.lastSeenAsPrimary
    const timeline = control?.timeline ?? seen?.timeline ?? null
    if (!areComparableTimelines(timeline, view.timeline))
      return {
        result: 'not-yet',
        why: `${names.candidate} is on timeline ${view?.timeline}, ${names.primary} was on ${timeline}: positions of two timelines don’t compare`,
      }
    if (control) return byControl(control, position.replayedLsn, names)
    return byLastSeen(args, sight, received, position.receiver !== null, names)
  },
}

interface Names {
  readonly primary: string
  readonly candidate: string
}

/** A position after the beginning of the last record of the stopped primary: that record was replayed. */
function byControl(
  { state, checkpointLsn }: ControlState,
  replayed: Lsn | null,
  { primary, candidate }: Names,
): Verification {
  if (state !== 'shut down' && state !== 'shut down in recovery') {
    const hint = `Start ${primary} again (--abort) and stop it cleanly, or promote with what is lost.`
    return { result: 'never', why: `${primary} did not end cleanly: its control file says "${state}"`, hint }
  }
  const at = `the shutdown checkpoint ${formatLsn(checkpointLsn)} of ${primary}`
  if (replayed !== null && replayed > checkpointLsn)
    return yes(`${candidate} has replayed ${at}: nothing is missing`, {
      bytes: 0,
      bound: 'exact',
      ageSeconds: null,
      text: `nothing: ${candidate} had replayed ${at} before it was promoted`,
    })
  return {
    result: 'not-yet',
    why: `${candidate} has replayed ${replayed === null ? '?' : formatLsn(replayed)}, not yet ${at}`,
  }
}

function byLastSeen(
  args: JsonRecord,
  { snapshot, now }: PlanningView,
  received: Lsn | null,
  listens: boolean,
  { primary, candidate }: Names,
): Verification {
  const seen = snapshot.databases.find(({ spec }) => spec.id === textArgument(args, 'primary'))?.lastSeenAsPrimary
  const wanted = furthestLsn(seen?.lsn, parseLsn(textArgument(args, 'lsn')))
  const has = received === null ? '?' : formatLsn(received)
  if (listens) return { result: 'not-yet', why: `${candidate} is still connected, at ${has}` }
  if (wanted === null || received === null || received < wanted) {
    return {
      result: 'not-yet',
      why: `${candidate} has ${has}, ${primary} was seen at ${wanted === null ? '?' : formatLsn(wanted)}`,
    }
  }
  const evidence = `${candidate} has ${has}, no less than ${primary} was last seen to have, and its receiver has ended`
  const ageSeconds = seen ? Math.max(0, now - seen.at) / 1000 : null
  const age = ageSeconds === null ? '' : ` ${formatAge(ageSeconds * 1000)} ago`
  return yes(`${evidence}${age}; its control file can’t be read from here`, {
    bytes: 0,
    bound: 'at-least',
    ageSeconds,
    text: `at least 0 B: what ${primary} wrote after its last reading,${age === '' ? ' if any' : age}, is unknown`,
  })
}

/** Received, and what that says of the loss. */
function yes(evidence: string, loss: ProvenLoss): Verification {
  return { result: 'yes', evidence, proof: toLossProof(loss) }
}

async function controlOf(args: JsonRecord, tools: ActionToolbox): Promise<ControlState | null> {
  const dataDirectory = optionalTextArgument(args, 'dataDirectory')
  const reach = tools.host(optionalTextArgument(args, 'host'))
  if (!reach || dataDirectory === null) return null
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(8_000)])
  return readControlFile(reach, dataDirectory, signal).catch(() => null)
}
