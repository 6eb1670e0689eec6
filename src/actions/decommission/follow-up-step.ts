// What a decommission leaves for people: the config, the start at boot, the data.

import type { DatabaseView } from '../../model/picture/picture.ts'
import type { PlannedStep } from '../../model/runs/plan.ts'
import type { PlanningView } from '../definition/action.ts'
import { textArgument } from '../definition/step-arguments.ts'
import type { StepKind } from '../definition/step-kind.ts'
import type { DatabaseService } from '../hosts/service.ts'

/** What pgdeck does not do by itself: its own config, the start at boot, the data. */
export function followUpStep(view: DatabaseView, service: DatabaseService, { config }: PlanningView): PlannedStep {
  const { spec } = config.databases.find(({ spec: { id } }) => id === view.id) ?? {}
  const host = spec?.hostId ?? null
  const isShared =
    config.databases.some(({ spec: { id, hostId } }) => id !== view.id && hostId === host) ||
    config.servers.some(({ spec: { hostId } }) => hostId === host)
  const lines = [
    ...(spec?.configured
      ? [`In the config, cluster ${config.spec.name}: delete the entry of "databases" with "name": "${view.id}".`]
      : []),
    ...(host !== null && !isShared
      ? [`Delete the entry of "hosts" with "name": "${host}": nothing else uses it.`]
      : []),
    `On ${service.host ?? view.host}: keep its service from starting at boot (systemctl disable).`,
    `Its data is left in ${service.dataDirectory ?? 'its data directory'}: remove it when it is not needed any more.`,
  ]
  return {
    id: 'word',
    kind: 'leave-word',
    args: { text: lines.join('\n') },
    title: 'say what is left to do',
    how: 'local',
    where: 'this host',
    detail: lines.join('\n'),
    verify: 'nothing: it is for people',
    undo: null,
    ifStopped: 'Everything else is done.',
    maySkip: true,
    changes: [],
    deadlineSeconds: 5,
  }
}

export const followUpNoteKind: StepKind = {
  kind: 'leave-word',
  isReadOnly: true,
  async run(args, tools) {
    tools.writeOutput(textArgument(args, 'text'))
  },
  verify: async (args) => ({ result: 'yes', evidence: textArgument(args, 'text').replaceAll('\n', '; ') }),
}
