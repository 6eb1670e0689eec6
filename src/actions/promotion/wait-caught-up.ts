// Waits until a standby has everything that a primary wrote before it was stopped: up to its shutdown checkpoint.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { standbyPositionOf } from '../../model/picture/roles.ts'
import { areComparableTimelines } from '../../model/replication/timelines.ts'
import { type ProvenLoss, toLossProof } from '../../model/runs/proven-loss.ts'
import { formatLsn, furthestLsn, type Lsn, parseLsn } from '../../model/values/lsn.ts'
import { formatAge } from '../../model/values/units.ts'
import type { ActionToolbox, PlanningView } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type Verification } from '../definition/step-kind.ts'
import { databaseName, findDatabase } from '../definition/target.ts'
import { type ControlState, readControlFile } from '../hosts/control-file.ts'
import type { DatabaseService } from '../hosts/service.ts'

const form = () =>
  arg.form({
    primary: arg.text(),
    candidate: arg.text(),
    host: arg.optionalText(),
    dataDirectory: arg.optionalText(),
    /** The primary's position in the last reading before the plan. */
    lsn: arg.text(),
  })
type Args = arg.Of<typeof form>

export interface CaughtUpWait {
  readonly primary: DatabaseView
  readonly candidate: DatabaseView
  /** The service of the primary. */
  readonly service: DatabaseService
  /** null if it was never read as a primary. */
  readonly lsn: Lsn | null
}

export const waitCaughtUpKind = defineStep({
  kind: 'received-all',
  version: 1,
  args: form,
  plan({ primary, candidate, service: { host, dataDirectory }, lsn }: CaughtUpWait): StepPlan<Args> {
    const control =
      host === null || dataDirectory === null
        ? null
        : `the latest checkpoint in ${dataDirectory}/global/pg_control (pg_controldata)`
    return {
      id: 'received-all',
      args: {
        primary: primary.id,
        candidate: candidate.id,
        host,
        dataDirectory,
        lsn: lsn === null ? '0/0' : formatLsn(lsn),
      },
      title: `wait until ${candidate.name} has the last record of ${primary.name}`,
      how: 'sql',
      where: candidate.name,
      detail: `SELECT pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn(); -- against ${control ?? `what ${primary.name} was last seen to have`}`,
      verify: `${candidate.name} has replayed the shutdown checkpoint of ${primary.name}`,
      ifStopped: `${primary.name} is down and nothing is promoted: start it again (--abort), or resume.`,
      maySkip: true,
      proves: 'loss',
      deadlineSeconds: 60,
    }
  },
  isReadOnly: true,
  async run() {
    // Nothing is sent: the standby receives the record, or never will.
  },
  async verify(args, tools): Promise<Verification> {
    const clusterView = await tools.refresh()
    const candidate = args.candidate
    const view = findDatabase(clusterView, candidate)
    const position = view && standbyPositionOf(view)
    if (!position) return { result: 'not-yet', why: `pgdeck can’t read ${databaseName(clusterView, candidate)}` }
    const received = furthestLsn(position.receivedLsn, position.replayedLsn)
    const control = await controlOf(args, tools)
    const names = {
      primary: databaseName(clusterView, args.primary),
      candidate: databaseName(clusterView, candidate),
    }
    const seen = clusterView.snapshot.databases.find(({ spec }) => spec.id === args.primary)?.lastSeenAsPrimary
    const timeline = control?.timeline ?? seen?.timeline ?? null
    if (!areComparableTimelines(timeline, view.timeline))
      return {
        result: 'not-yet',
        why: `${names.candidate} is on timeline ${view?.timeline}, ${names.primary} was on ${timeline}: positions of two timelines are not comparable`,
      }
    if (control) return byControl(control, position.replayedLsn, names)
    return byLastSeen(args, clusterView, received, position.receiver !== null, names)
  },
})

interface Names {
  readonly primary: string
  readonly candidate: string
}

/** A position beyond the start of the stopped primary's last record proves that this record was replayed. */
function byControl(
  { state, checkpointLsn }: ControlState,
  replayed: Lsn | null,
  { primary, candidate }: Names,
): Verification {
  if (state !== 'shut down' && state !== 'shut down in recovery') {
    const hint = `Start ${primary} again (--abort) and stop it cleanly, or promote with the loss.`
    return { result: 'never', why: `${primary} did not shut down cleanly: its control file has "${state}"`, hint }
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
  args: Args,
  { snapshot, now }: PlanningView,
  received: Lsn | null,
  listens: boolean,
  { primary, candidate }: Names,
): Verification {
  const seen = snapshot.databases.find(({ spec }) => spec.id === args.primary)?.lastSeenAsPrimary
  const wanted = furthestLsn(seen?.lsn, parseLsn(args.lsn))
  const has = received === null ? '?' : formatLsn(received)
  if (listens) return { result: 'not-yet', why: `${candidate} is still connected, at ${has}` }
  if (wanted === null || received === null || received < wanted) {
    return {
      result: 'not-yet',
      why: `${candidate} has ${has}, ${primary} was seen at ${wanted === null ? '?' : formatLsn(wanted)}`,
    }
  }
  const evidence = `${candidate} has ${has}, no less than ${primary} was last seen to have, and its walreceiver has ended`
  const ageSeconds = seen ? Math.max(0, now - seen.at) / 1000 : null
  const age = ageSeconds === null ? '' : ` ${formatAge(ageSeconds * 1000)} ago`
  return yes(`${evidence}${age}; pgdeck can’t read its control file`, {
    bytes: 0,
    bound: 'at-least',
    ageSeconds,
    text: `unknown: what ${primary} wrote after its last reading${age}, if anything`,
  })
}

/** The standby has it; with what that proves of the loss. */
function yes(evidence: string, loss: ProvenLoss): Verification {
  return { result: 'yes', evidence, proof: toLossProof(loss) }
}

async function controlOf(args: Args, tools: ActionToolbox): Promise<ControlState | null> {
  const dataDirectory = args.dataDirectory
  const connection = tools.host(args.host)
  if (!connection || dataDirectory === null) return null
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(8_000)])
  return readControlFile(connection, dataDirectory, signal).catch(() => null)
}
