// What the acting primary wrote between the record before its backup and its stop: no backup has that.

import type { ActionToolbox } from '../../../actions/definition/action.ts'
import * as arg from '../../../actions/definition/step-arguments.ts'
import { defineStep, type StepPlan, type Verification } from '../../../actions/definition/step-kind.ts'
import { databaseName, findDatabase } from '../../../actions/definition/target.ts'
import { readControlFile } from '../../../actions/hosts/control-file.ts'
import type { DatabaseView } from '../../../model/picture/picture.ts'
import { bytesBetween, formatLsn, type Lsn, parseLsn } from '../../../model/values/lsn.ts'
import { formatBytes } from '../../../model/values/units.ts'
import { readActingPrimary } from '../roles/acting-store.ts'
import type { ProductInstallation } from '../roles/installation.ts'

const form = () => arg.form({ database: arg.text(), host: arg.optionalText(), dataDirectory: arg.optionalText() })
type Args = arg.Of<typeof form>

/** The id of this step: the proof at the end repeats its result. */
export const WRITTEN_SINCE = 'written-since'

export const writtenSinceKind = defineStep({
  kind: 'written-since-backup',
  version: 1,
  args: form,
  plan: ({
    id,
    name,
    from,
  }: Pick<DatabaseView, 'id' | 'name'> & { readonly from: ProductInstallation }): StepPlan<Args> => ({
    id: WRITTEN_SINCE,
    args: {
      database: id,
      host: from.control === 'manual' ? null : from.host,
      dataDirectory: from.dataDirectory,
    },
    title: `measure what ${name} wrote between the backup and its stop`,
    how: from.control === 'manual' ? 'sql' : from.control,
    where: from.host ?? name,
    detail: `global/pg_control in ${from.dataDirectory ?? 'its data directory'}: the last checkpoint, against the position before the backup`,
    verify: 'both positions are read, or it says which is unknown',
    ifStopped: 'No server serves the users.',
    maySkip: true,
    deadlineSeconds: 15,
  }),
  isReadOnly: true,
  async run() {
    // Nothing is sent: this step only compares two positions.
  },
  async verify(args, tools): Promise<Verification> {
    const held = readActingPrimary(tools)?.held ?? null
    const before = parseLsn(held?.lsn ?? null)
    const name = databaseName(tools.view(), args.database)
    const stop = await stopPosition(args, tools)
    if (before === null || stop.lsn === null || stop.lsn < before)
      return { result: 'yes', evidence: `what ${name} wrote between the backup and its stop is unknown: ${stop.why}` }
    const bytes = bytesBetween(stop.lsn, before)
    const figure = `${stop.isExact ? 'at most' : 'at least'} ${formatBytes(bytes)} of WAL`
    const span = `from ${formatLsn(before)} before it to ${formatLsn(stop.lsn)}${stop.isExact ? '' : `, ${stop.why}`}`
    return {
      result: 'yes',
      evidence: `${name} wrote ${figure} since the backup began, checkpoints included (${span}): the backup lacks that`,
      proof: { writtenBytes: bytes },
    }
  },
})

interface StopPosition {
  readonly lsn: Lsn | null
  /** It is the end of its WAL, from the control file of the stopped server. */
  readonly isExact: boolean
  /** How it is known, or why it is not. */
  readonly why: string
}

/** The control file of a server that was shut down has its end of WAL; the last reading only a position before. */
async function stopPosition({ database, host, dataDirectory }: Args, tools: ActionToolbox): Promise<StopPosition> {
  const connection = tools.host(host)
  const control =
    connection && dataDirectory !== null
      ? await readControlFile(connection, dataDirectory, tools.signal).catch(() => null)
      : null
  if (control?.state === 'shut down') return { lsn: control.checkpointLsn, isExact: true, why: '' }
  const lsn = findDatabase(tools.view(), database)?.lsn ?? null
  return { lsn, isExact: false, why: lsn === null ? 'its end of WAL can’t be read' : 'as last read before the stop' }
}
