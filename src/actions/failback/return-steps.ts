// The steps that bring an old primary back as a standby, by its condition: as it is, rewound, or rebuilt.

import type { PlannedStep } from '../../model/runs/plan.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { addressForOthers } from '../hosts/address.ts'
import { copyOriginArguments } from '../rebuild-replica/copy-origin.ts'
import { type Rebuild, rebuildSteps } from '../rebuild-replica/planned-steps.ts'
import { returnAsStandbyArguments } from '../steps/return-as-standby.ts'
import { rewindDataArguments } from './rewind-data.ts'

/** `rebuild` holds who is who; its steps are the last resort. */
export type ReturnMethod = 'follows' | 'as-it-is' | 'rewind' | 'rebuild'

export async function returnSteps(
  way: ReturnMethod,
  rebuild: Rebuild,
  tools: ActionToolbox,
): Promise<readonly PlannedStep[]> {
  if (way === 'follows') return []
  const steps = await rebuildSteps(rebuild, tools)
  if (way === 'rebuild') return steps
  const named = (id: string) => steps.filter((step) => step.id === id)
  if (way === 'as-it-is') return [...named('stop-replica'), ...named('slot'), asItIs(rebuild, tools)]
  return [
    ...named('stop-replica'),
    ...named('slot'),
    rewind(rebuild, tools),
    ...named('start-replica'),
    ...named('streams'),
  ]
}

function asItIs({ view, upstream, service, slot }: Rebuild, tools: ActionToolbox): PlannedStep {
  const to = addressForOthers(upstream.id, tools)
  const { host, dataDirectory, start, control } = service
  return {
    id: 'return',
    kind: 'return-as-standby',
    args: returnAsStandbyArguments({
      database: view.id,
      upstream: upstream.id,
      to,
      host,
      dataDirectory,
      start: start ?? [],
      slot,
    }),
    title: `${view.name} follows ${upstream.name} with the data it has`,
    how: control,
    where: host ?? view.host,
    detail: [
      `touch ${dataDirectory}/standby.signal`,
      `In ${dataDirectory}/postgresql.auto.conf: primary_conninfo = 'host=${to.host} port=${to.port} …', primary_slot_name = '${slot}'`,
      shellCommandLine(start ?? []),
    ].join('\n'),
    verify: `pg_stat_replication of ${upstream.name} shows it streaming`,
    undo: null,
    ifStopped: `${view.name} is down, or on its way back as a standby.`,
    maySkip: false,
    changes: [view.id],
    deadlineSeconds: 120,
  }
}

function rewind({ view, upstream, service, slot }: Rebuild, tools: ActionToolbox): PlannedStep {
  const to = addressForOthers(upstream.id, tools)
  const { host, asOwner } = service
  const dataDirectory = service.dataDirectory ?? ''
  const binDirectory = service.binDirectory ?? ''
  const program = [...asOwner, `${binDirectory}/pg_rewind`, '-D', dataDirectory]
  return {
    id: 'rewind',
    kind: 'rewind-data',
    args: {
      ...copyOriginArguments(upstream),
      ...rewindDataArguments({
        database: view.id,
        upstream: upstream.id,
        to,
        host,
        dataDirectory,
        binDirectory,
        asOwner,
        slot,
      }),
    },
    title: `rewind ${view.name} to where ${upstream.name} went its own way`,
    how: service.control,
    where: host ?? view.host,
    detail: [
      `mv ${dataDirectory} …  # meanwhile it has another name, so that nothing starts it`,
      shellCommandLine([
        ...program,
        '--source-server',
        `host=${to.host} port=${to.port} user=… passfile=… dbname=postgres`,
      ]),
      `touch ${dataDirectory}/standby.signal  # and its own settings again`,
    ].join('\n'),
    verify: `its files are those of ${upstream.name}, and it would start as a standby`,
    undo: null,
    ifStopped: `${view.name} is down; what only it had is gone.`,
    maySkip: false,
    changes: [view.id],
    deadlineSeconds: 60,
  }
}
