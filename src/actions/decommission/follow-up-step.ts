// The remaining work for people after a decommission: the configuration, the start at boot, the data.

import type { ClusterConfig } from '../../config/config.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan } from '../definition/step-kind.ts'
import type { DatabaseService } from '../hosts/service.ts'

const form = () => arg.form({ text: arg.text() })
type Args = arg.Of<typeof form>

export interface DepartingStandby {
  readonly view: DatabaseView
  readonly service: DatabaseService
  readonly config: ClusterConfig
}

/** Text: the remaining work for people: pgdeck's configuration, the start at boot, the data. */
function followUpText({ view, service, config }: DepartingStandby): string {
  const { spec } = config.databases.find(({ spec: { id } }) => id === view.id) ?? {}
  const host = spec?.hostId ?? null
  const isShared =
    config.databases.some(({ spec: { id, hostId } }) => id !== view.id && hostId === host) ||
    config.servers.some(({ spec: { hostId } }) => hostId === host)
  return [
    ...(spec?.configured
      ? [`In the config, cluster ${config.spec.name}: delete the entry of "databases" with "name": "${view.id}".`]
      : []),
    ...(host !== null && !isShared
      ? [`Delete the entry of "hosts" with "name": "${host}": nothing else uses it.`]
      : []),
    `On ${service.host ?? view.host}: keep its service from starting at boot (systemctl disable).`,
    `Its data is left in ${service.dataDirectory ?? 'its data directory'}: remove it when you no longer need it.`,
  ].join('\n')
}

export const followUpNoteKind = defineStep({
  kind: 'leave-word',
  version: 1,
  args: form,
  plan(about: DepartingStandby): StepPlan<Args> {
    const text = followUpText(about)
    return {
      id: 'word',
      args: { text },
      title: 'list what is left to do',
      how: 'local',
      where: 'this host',
      detail: text,
      verify: 'nothing: these are notes for you',
      ifStopped: 'Everything else is done.',
      maySkip: true,
      deadlineSeconds: 5,
    }
  },
  isReadOnly: true,
  async run(args, tools) {
    tools.writeOutput(args.text)
  },
  verify: async (args) => ({ result: 'yes', evidence: args.text.replaceAll('\n', '; ') }),
})
