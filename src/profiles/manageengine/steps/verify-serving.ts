// Verifies that a server of the product is the primary now: it answers, its database is writable, its files say so.

import type { ActionToolbox } from '../../../actions/definition/action.ts'
import * as arg from '../../../actions/definition/step-arguments.ts'
import { defineStep, type StepPlan, type Verification } from '../../../actions/definition/step-kind.ts'
import { findDatabase, findServer } from '../../../actions/definition/target.ts'
import type { DatabaseView, ServerView } from '../../../model/picture/picture.ts'
import { isWritable } from '../../../model/picture/roles.ts'
import { FILE_EDITS } from '../files/edits.ts'
import { installationPath, type ProductInstallation } from '../roles/installation.ts'

const form = () =>
  arg.form({
    server: arg.optionalText(),
    database: arg.text(),
    host: arg.optionalText(),
    /** Paths of configurations.properties and serverstate.conf; null if they can't be read. */
    properties: arg.optionalText(),
    state: arg.optionalText(),
  })
type Args = arg.Of<typeof form>

export interface ServingProof {
  readonly installation: ProductInstallation
  readonly server: ServerView | null
  readonly database: DatabaseView
}

export const verifyServingKind = defineStep({
  kind: 'product-serves',
  version: 1,
  args: form,
  plan({ installation, server, database }: ServingProof): StepPlan<Args> {
    const isReadable = installation.control !== 'manual' && installation.folder !== null
    const fileAt = (path: string) => (isReadable ? installationPath(installation, path) : null)
    const name = server?.name ?? database.name
    return {
      id: 'verify-server',
      args: {
        server: server?.id ?? null,
        database: database.id,
        host: installation.host,
        properties: fileAt('conf/configurations.properties'),
        state: fileAt('conf/serverstate.conf'),
      },
      title: `verify that ${name} serves as the primary`,
      how: 'http',
      where: name,
      detail: `GET ${server?.dnsName ?? name}, its files, the role of ${database.name}`,
      verify: `it answers itself, its files make it the primary, ${database.name} is writable`,
      ifStopped: 'Everything else is done.',
      maySkip: true,
      deadlineSeconds: 120,
    }
  },
  isReadOnly: true,
  async run() {
    // Nothing is sent: this step only verifies.
  },
  async verify(args, tools): Promise<Verification> {
    const clusterView = await tools.refresh()
    const database = findDatabase(clusterView, args.database)
    if (!database || !isWritable(database))
      return { result: 'not-yet', why: database?.problem?.message ?? 'its database is not writable' }
    const parts = [`${database.name} is writable on timeline ${database.timeline ?? '?'}`]
    const server = findServer(clusterView, args.server)
    if (server) {
      const status = server.pulse?.httpStatus ?? null
      if (server.portOpen !== true || server.stale || status === null)
        return { result: 'not-yet', why: server.problem?.message ?? `${server.name} does not answer yet` }
      if (server.pulse?.location != null || status >= 300)
        return {
          result: 'not-yet',
          why: `${server.name} answers with HTTP status ${status}, and serves no users itself`,
        }
      parts.push(`${server.name} answers with HTTP status ${status}`)
    }
    const files = await inFiles(args, tools)
    if (files.result !== 'yes') return files
    return { result: 'yes', evidence: [...parts, files.evidence].filter((part) => part !== '').join('; ') }
  },
})

async function inFiles(args: Args, tools: ActionToolbox): Promise<Verification> {
  const connection = tools.host(args.host)
  const wanted = [
    ['readonly-mode', args.properties],
    ['server-state', args.state],
  ] as const
  const parts: string[] = []
  for (const [id, path] of wanted) {
    if (path === null || !connection) continue
    const file = await connection.readFile(path, { signal: tools.signal })
    if (!file) continue
    const now = FILE_EDITS[id](file.text)
    if (now.state === 'changed') return { result: 'never', why: `${path} still makes it read-only` }
    parts.push(`${path.split('/').at(-1)}: ${now.summary}`)
  }
  return { result: 'yes', evidence: parts.join('; ') }
}
