// Acts over ssh by an account that does not own the data, on servers of a package, which has all of PostgreSQL's programs.

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { serverUser } from '../../../src/io/process/process.ts'
import type { Run } from '../../../src/model/runs/run.ts'
import { actingOn } from '../../fakes/acting.ts'
import { startSshd } from '../../fakes/sshd.ts'
import { sudoAccount } from '../../fakes/sudo-account.ts'
import { packagedServers, type TestCluster } from '../embedded.ts'

/** The user of the servers. */
export const owner = serverUser()?.name ?? ''
/** The servers that tests bring along have no pg_basebackup. */
export const [binaries] = packagedServers()
export const withoutPackage = binaries === undefined && 'no PostgreSQL of the distribution is installed'

/** The account reaches each host over ssh. Nothing of PostgreSQL needs a command of the configuration. */
export async function actingByOps(context: TestContext, { nodes }: TestCluster, as: string | null) {
  const account = sudoAccount(context, `(${owner}) NOPASSWD: ALL`)
  const sshd = await startSshd(context, { account })
  const folder = mkdtempSync('/tmp/pgdeck-programs-')
  const before = process.env.PATH
  context.after(() => {
    process.env.PATH = before
    rmSync(folder, { recursive: true, force: true })
  })
  writeFileSync(join(folder, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${sshd.configFile}' "$@"\n`)
  chmodSync(join(folder, 'ssh'), 0o755)
  process.env.PATH = `${folder}:${before}`
  const hostOf = (node: PostgresNode) => ({
    name: `host-${node.name}`,
    ssh: 'box',
    dataDirectory: node.dataDirectory,
    binDirectory: node.binaries.bin,
    ...(as === null ? {} : { as }),
  })
  const databases = nodes.map((node) => ({
    name: node.name,
    dsn: `${node.dsn('postgres')}?sslmode=disable`,
    host: `host-${node.name}`,
  }))
  const acting = await actingOn({ databases, hosts: nodes.map(hostOf) })
  return { acting, account }
}

export function told(run: Run): string {
  const steps = run.steps.map(({ id, state, note }) => `${id} ${state}: ${note}`)
  return [run.why, ...run.plan.checks.map(({ id, result, message }) => `${result} ${id}: ${message}`), ...steps].join(
    '\n',
  )
}
