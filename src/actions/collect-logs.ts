// `collect-logs`: writes the logs of a server or database into one archive, with pgdeck's own readings of that time.

import { dirname, resolve } from 'node:path'
import { isPathTaken, whyNotWritableBeside } from '../io/base-backup/backup-path.ts'
import { ActionError } from '../model/runs/action-error.ts'
import { noImpact } from '../model/runs/plan.ts'
import { messageOf } from '../model/values/fault.ts'
import { type Action, type Draft, PlanError, type PreflightCheck } from './definition/action.ts'
import * as arg from './definition/step-arguments.ts'
import { defineStep, type StepPlan, type Verification } from './definition/step-kind.ts'
import { findDatabase, findServer } from './definition/target.ts'

export const collectLogsAction: Action = {
  name: 'collect-logs',
  title: 'collect logs into a file',
  explains:
    'The logs of a server or database, newest first, without secrets, with the status, events and audit log of that time.',
  key: 'l',
  danger: 'routine',
  target: 'node',
  locks: 'none',
  fields: [
    { name: 'out', explains: 'the archive to write (.tar.gz), a new file on this host', kind: 'text', required: true },
  ],
  whyNot: (clusterView, target) =>
    findDatabase(clusterView, target) || findServer(clusterView, target) ? null : 'select a server or a database first',
  draft(clusterView, request): Draft {
    const node = findDatabase(clusterView, request.target) ?? findServer(clusterView, request.target)
    if (!node)
      throw new PlanError(`collect-logs: ${request.target ?? 'nothing'} is not a server or database of this cluster`)
    const path = resolve(request.input.out ?? '')
    return {
      target: { id: node.id, name: node.name },
      title: `collect the logs of ${node.name} into ${path}`,
      danger: 'routine',
      impact: noImpact(`Nothing is changed on ${node.name}; ${dirname(path)} gets a new file.`),
      checks: [isNew(path)],
      input: { ...request.input, out: path },
      steps: [collectLogsKind.plan({ node: node.id, name: node.name, path })],
    }
  },
}

function isNew(path: string): PreflightCheck {
  return {
    id: 'target-file',
    mayOverride: false,
    async run() {
      if (isPathTaken(path)) return { result: 'fail', message: `${path} exists already`, hint: 'Choose another name.' }
      const why = await whyNotWritableBeside(path)
      if (why !== null) return { result: 'fail', message: why, hint: 'Choose a folder that this user may write to.' }
      return { result: 'pass', message: `${path} is free`, hint: null }
    },
  }
}

const TELL_EVERY_MS = 2_000

/** The content of each archive of this process, by path. The file alone does not show who made it. */
const MADE = new Map<string, string>()

const form = () => arg.form({ node: arg.text(), path: arg.text() })
type Args = arg.Of<typeof form>

export interface PlannedCollection extends Args {
  readonly name: string
}

export const collectLogsKind = defineStep({
  kind: 'collect-logs',
  version: 1,
  args: form,
  plan: ({ node, name, path }: PlannedCollection): StepPlan<Args> => ({
    id: 'collect',
    args: { node, path },
    title: `collect the logs of ${name}`,
    how: 'local',
    where: 'this host',
    detail: `pgdeck logs ${node} --out ${path}`,
    verify: `${path} exists; it appears only when it is complete and was read back`,
    ifStopped: 'Nothing is left behind.',
    deadlineSeconds: 10,
  }),
  isReadOnly: true,
  async run(args, tools) {
    const path = args.path
    if (isPathTaken(path))
      throw new ActionError(`${path} exists already`, 'If it is from an interrupted run it is complete: check it.')
    let toldAt = performance.now()
    const onProgress = (progress: string) => {
      if (performance.now() - toldAt < TELL_EVERY_MS) return
      toldAt = performance.now()
      tools.writeOutput(progress)
    }
    try {
      MADE.set(path, await tools.collectLogs(args.node, path, onProgress))
    } catch (error) {
      tools.signal.throwIfAborted()
      throw new ActionError(messageOf(error), null, { cause: error })
    }
  },
  async verify(args): Promise<Verification> {
    const path = args.path
    if (!isPathTaken(path)) return { result: 'not-yet', why: `${path} does not exist` }
    return { result: 'yes', evidence: `${path} (${MADE.get(path) ?? 'it is there'})` }
  },
})
