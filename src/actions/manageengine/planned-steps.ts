// Steps that the product's procedures have in common, as data: its service, the signal file, the record, the proof.

import type { DatabaseView, ServerView } from '../../model/picture/picture.ts'
import type { PlannedStep } from '../../model/runs/plan.ts'
import type { Tools } from '../definition/action.ts'
import { BY_HAND_SECONDS } from '../promotion/planned-steps.ts'
import { backupOf } from './file-edits.ts'
import { removeFileArguments } from './files/remove-file.ts'
import { type Installation, placed, typed } from './installation/installation.ts'
import { noteActingArguments, SAME_TIMELINE } from './steps/record-acting.ts'
import { serviceArguments } from './steps/service.ts'
import { servesArguments } from './steps/verify-serving.ts'

export interface ServicePart {
  readonly id: string
  readonly installation: Installation
  readonly server: ServerView | null
  readonly database: DatabaseView | null
  readonly to: 'stopped' | 'started'
  readonly withDatabase: boolean
  readonly asPrimary: boolean
}

export function serviceStep(part: ServicePart): PlannedStep {
  const { id, installation, server, database, to, withDatabase, asPrimary } = part
  const { host, start, stop, dataDirectory } = installation
  const isStop = to === 'stopped'
  const command = isStop ? stop : start
  const how = command === null ? 'manual' : installation.how
  const name = server?.name ?? database?.name ?? host ?? 'the server'
  const word = isStop ? 'stop' : 'start'
  const byHand = `On ${host ?? 'its host'}: ${word} the service of the product`
  return {
    id,
    kind: 'product-service',
    args: serviceArguments({
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
    detail: command === null ? byHand : typed(installation, command),
    verify: isStop
      ? `nothing listens on its ports any more${withDatabase ? ', its PostgreSQL is down too' : ''}`
      : `${name} answers${asPrimary ? ', and its database as a primary' : ''}`,
    undo: isStop && how !== 'manual' && start !== null ? `started again: ${typed(installation, start)}` : null,
    ifStopped: isStop ? `${name} is stopped: nobody is served by it.` : `${name} may be on its way up.`,
    maySkip: false,
    changes: asPrimary && database ? [database.id] : [],
    deadlineSeconds: how === 'manual' ? BY_HAND_SECONDS : 120,
  }
}

/** pg_promote() has removed it by then; in the documented order this step is what ends recovery. */
export async function removeSignalStep(
  installation: Installation,
  database: string,
  documented: boolean,
  tools: Tools,
): Promise<PlannedStep> {
  const { dataDirectory, host } = installation
  const path =
    dataDirectory === null ? placed(installation, 'pgsql/data/standby.signal') : `${dataDirectory}/standby.signal`
  const reach = tools.host(host)
  const isByHand = installation.how === 'manual' || (installation.folder === null && dataDirectory === null)
  const file = reach && !isByHand ? await reach.readFile(path, { signal: tools.signal }).catch(() => null) : null
  const backup = backupOf(path, tools)
  return {
    id: 'remove-standby-signal',
    kind: 'remove-file',
    args: removeFileArguments({ host, path, before: file?.sha256 ?? null, backup, guard: database, dataDirectory }),
    title: documented
      ? 'remove standby.signal: recovery ends without a new timeline'
      : 'make sure that standby.signal is gone',
    how: isByHand ? 'manual' : 'file',
    where: host ?? 'the host of the server',
    detail: typed(installation, ['rm', path]),
    verify: 'standby.signal is not there',
    undo: isByHand ? null : 'it is put back, unless the server has been a primary since',
    ifStopped: 'The service is stopped; undo puts its files back and starts it.',
    maySkip: isByHand,
    changes: [],
    deadlineSeconds: isByHand ? BY_HAND_SECONDS : 15,
  }
}

export interface NotePart {
  readonly database: DatabaseView
  readonly server: ServerView | null
  readonly sameTimeline: boolean
  readonly formerDatabases: readonly string[]
  readonly formerServers: readonly string[]
}

export function noteStep({ database, server, sameTimeline, formerDatabases, formerServers }: NotePart): PlannedStep {
  const names = [...formerDatabases, ...formerServers].join(', ')
  return {
    id: 'note-acting',
    kind: 'note-acting',
    args: noteActingArguments({
      database: database.id,
      server: server?.id ?? null,
      sameTimeline,
      formerDatabases,
      formerServers,
    }),
    title: `keep in mind that ${database.name} acts as the primary, and watch that nobody else starts`,
    how: 'local',
    where: 'the state directory of pgdeck',
    detail: `acting.json: ${database.id} acts${names === '' ? '' : `; before the restore none of these may start: ${names}`}${sameTimeline ? `; ${SAME_TIMELINE}` : ''}`,
    verify: 'it is kept',
    undo: 'forgotten, unless it takes writes',
    ifStopped: `${database.name} takes writes.`,
    maySkip: false,
    changes: [],
    deadlineSeconds: 10,
  }
}

export function provenStep(installation: Installation, server: ServerView | null, database: DatabaseView): PlannedStep {
  const readable = installation.how !== 'manual' && installation.folder !== null
  const name = server?.name ?? database.name
  return {
    id: 'verify-server',
    kind: 'product-serves',
    args: servesArguments({
      server: server?.id ?? null,
      database: database.id,
      host: installation.host,
      properties: readable ? placed(installation, 'conf/configurations.properties') : null,
      state: readable ? placed(installation, 'conf/serverstate.conf') : null,
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
