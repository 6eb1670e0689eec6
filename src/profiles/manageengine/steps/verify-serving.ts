// Proof that a server of the product is the primary now: it answers, its database takes writes, its files say so.

import type { ActionToolbox } from '../../../actions/definition/action.ts'
import { optionalTextArgument, textArgument } from '../../../actions/definition/step-arguments.ts'
import type { StepKind, Verification } from '../../../actions/definition/step-kind.ts'
import { findDatabase, findServer } from '../../../actions/definition/target.ts'
import { isWritable } from '../../../model/picture/roles.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import { FILE_EDITS } from '../files/edits.ts'

export interface ServingProof {
  readonly server: string | null
  readonly database: string
  readonly host: string | null
  /** Paths of configurations.properties and serverstate.conf; null where they can't be read. */
  readonly properties: string | null
  readonly state: string | null
}

export function verifyServingArguments(args: ServingProof): JsonRecord {
  return { ...args }
}

export const verifyServingKind: StepKind = {
  kind: 'product-serves',
  isReadOnly: true,
  async run() {
    // Nothing is sent: it is looked for.
  },
  async verify(args, tools): Promise<Verification> {
    const sight = await tools.refresh()
    const database = findDatabase(sight, textArgument(args, 'database'))
    if (!database || !isWritable(database))
      return { result: 'not-yet', why: database?.problem?.message ?? 'its database takes no writes' }
    const parts = [`${database.name} takes writes on timeline ${database.timeline ?? '?'}`]
    const server = findServer(sight, optionalTextArgument(args, 'server'))
    if (server) {
      const status = server.pulse?.httpStatus ?? null
      if (server.portOpen !== true || server.stale || status === null)
        return { result: 'not-yet', why: server.problem?.message ?? `${server.name} does not answer yet` }
      if (server.pulse?.location != null || status >= 300)
        return { result: 'not-yet', why: `${server.name} answers with HTTP status ${status}, and serves nobody itself` }
      parts.push(`${server.name} answers with HTTP status ${status}`)
    }
    const files = await inFiles(args, tools)
    if (files.result !== 'yes') return files
    return { result: 'yes', evidence: [...parts, files.evidence].filter((part) => part !== '').join('; ') }
  },
}

async function inFiles(args: JsonRecord, tools: ActionToolbox): Promise<Verification> {
  const reach = tools.host(optionalTextArgument(args, 'host'))
  const wanted = [
    ['readonly-mode', optionalTextArgument(args, 'properties')],
    ['server-state', optionalTextArgument(args, 'state')],
  ] as const
  const parts: string[] = []
  for (const [id, path] of wanted) {
    if (path === null || !reach) continue
    const file = await reach.readFile(path, { signal: tools.signal })
    if (!file) continue
    const now = FILE_EDITS[id](file.text)
    if (now.state === 'changed') return { result: 'never', why: `${path} still makes it read-only` }
    parts.push(`${path.split('/').at(-1)}: ${now.summary}`)
  }
  return { result: 'yes', evidence: parts.join('; ') }
}
