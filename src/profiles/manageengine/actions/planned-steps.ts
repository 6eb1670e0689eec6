// Steps that the product's procedures have in common, as data: its service, the signal file, the record, the proof.

import type { ActionToolbox } from '../../../actions/definition/action.ts'
import { MANUAL_STEP_SECONDS } from '../../../actions/definition/step-kind.ts'
import { removeFileArguments } from '../../../actions/steps/remove-file.ts'
import type { DatabaseView, ServerView } from '../../../model/picture/picture.ts'
import type { PlannedStep } from '../../../model/runs/plan.ts'
import { editBackupPath } from '../files/file-edits.ts'
import { installationPath, type ProductInstallation, typedCommand } from '../roles/installation.ts'
import { recordActingArguments, SAME_TIMELINE_WARNING } from '../steps/record-acting.ts'
import { serviceChangeArguments } from '../steps/service.ts'
import { verifyServingArguments } from '../steps/verify-serving.ts'

export interface ServiceStepOptions {
  readonly id: string
  readonly installation: ProductInstallation
  readonly server: ServerView | null
  readonly database: DatabaseView | null
  readonly to: 'stopped' | 'started'
  readonly withDatabase: boolean
  readonly asPrimary: boolean
}

export function serviceStep(part: ServiceStepOptions): PlannedStep {
  const { id, installation, server, database, to, withDatabase, asPrimary } = part
  const { host, start, stop, dataDirectory } = installation
  const isStop = to === 'stopped'
  const command = isStop ? stop : start
  const how = command === null ? 'manual' : installation.control
  const name = server?.name ?? database?.name ?? host ?? 'the server'
  const word = isStop ? 'stop' : 'start'
  const byHand = `On ${host ?? 'its host'}: ${word} the service of the product`
  return {
    id,
    kind: 'product-service',
    args: serviceChangeArguments({
      host,
      to,
      start: start ?? [],
      stop: stop ?? [],
      server: server?.id ?? null,
      database: database?.id ?? null,
      dataDirectory,
      withDatabase,
      asPrimary,
      wasUp: server ? server.portOpen !== false : database?.problem === null,
    }),
    title: `${word} the service of ${name}${how === 'manual' ? ' by hand' : ''}`,
    how,
    where: host ?? name,
    detail: command === null ? byHand : typedCommand(installation, command),
    verify: isStop
      ? `nothing listens on its ports any more${withDatabase ? ', its PostgreSQL is down too' : ''}`
      : `${name} answers${asPrimary ? ', and its database as a primary' : ''}`,
    undo: isStop && how !== 'manual' && start !== null ? `started again: ${typedCommand(installation, start)}` : null,
    ifStopped: isStop ? `${name} is stopped: nobody is served by it.` : `${name} may be on its way up.`,
    maySkip: false,
    changes: asPrimary && database ? [database.id] : [],
    deadlineSeconds: how === 'manual' ? MANUAL_STEP_SECONDS : 120,
  }
}

/** pg_promote() has removed it by then; in the documented order this step is what ends recovery. */
export async function removeStandbySignalStep(
  installation: ProductInstallation,
  database: string,
  documented: boolean,
  tools: ActionToolbox,
): Promise<PlannedStep> {
  const { dataDirectory, host } = installation
  const path =
    dataDirectory === null
      ? installationPath(installation, 'pgsql/data/standby.signal')
      : `${dataDirectory}/standby.signal`
  const reach = tools.host(host)
  const isByHand = installation.control === 'manual' || (installation.folder === null && dataDirectory === null)
  const file = reach && !isByHand ? await reach.readFile(path, { signal: tools.signal }).catch(() => null) : null
  const backup = editBackupPath(path, tools)
  return {
    id: 'remove-standby-signal',
    kind: 'remove-file',
    args: removeFileArguments({ host, path, before: file?.sha256 ?? null, backup, guard: database, dataDirectory }),
    title: documented
      ? 'remove standby.signal: recovery ends without a new timeline'
      : 'make sure that standby.signal is gone',
    how: isByHand ? 'manual' : 'file',
    where: host ?? 'the host of the server',
    detail: typedCommand(installation, ['rm', path]),
    verify: 'standby.signal is not there',
    undo: isByHand ? null : 'it is put back, unless the server has been a primary since',
    ifStopped: 'The service is stopped; undo puts its files back and starts it.',
    maySkip: isByHand,
    changes: [],
    deadlineSeconds: isByHand ? MANUAL_STEP_SECONDS : 15,
  }
}

export interface ActingRecordOptions {
  readonly database: DatabaseView
  readonly server: ServerView | null
  readonly sameTimeline: boolean
  readonly formerDatabases: readonly string[]
  readonly formerServers: readonly string[]
}

export function recordActingStep({
  database,
  server,
  sameTimeline,
  formerDatabases,
  formerServers,
}: ActingRecordOptions): PlannedStep {
  const names = [...formerDatabases, ...formerServers].join(', ')
  return {
    id: 'note-acting',
    kind: 'note-acting',
    args: recordActingArguments({
      database: database.id,
      server: server?.id ?? null,
      sameTimeline,
      formerDatabases,
      formerServers,
    }),
    title: `keep in mind that ${database.name} acts as the primary, and watch that nobody else starts`,
    how: 'local',
    where: 'the state directory of pgdeck',
    detail: `acting.json: ${database.id} acts${names === '' ? '' : `; before the restore none of these may start: ${names}`}${sameTimeline ? `; ${SAME_TIMELINE_WARNING}` : ''}`,
    verify: 'it is kept',
    undo: 'forgotten, unless it takes writes',
    ifStopped: `${database.name} takes writes.`,
    maySkip: false,
    changes: [],
    deadlineSeconds: 10,
  }
}

export function verifyServingStep(
  installation: ProductInstallation,
  server: ServerView | null,
  database: DatabaseView,
): PlannedStep {
  const readable = installation.control !== 'manual' && installation.folder !== null
  const name = server?.name ?? database.name
  return {
    id: 'verify-server',
    kind: 'product-serves',
    args: verifyServingArguments({
      server: server?.id ?? null,
      database: database.id,
      host: installation.host,
      properties: readable ? installationPath(installation, 'conf/configurations.properties') : null,
      state: readable ? installationPath(installation, 'conf/serverstate.conf') : null,
    }),
    title: `see that ${name} serves as the primary`,
    how: 'http',
    where: name,
    detail: `GET ${server?.dnsName ?? name}, its files, the role of ${database.name}`,
    verify: `it answers itself, its files say so, ${database.name} takes writes`,
    undo: null,
    ifStopped: 'Everything else is done.',
    maySkip: true,
    changes: [],
    deadlineSeconds: 120,
  }
}
