// Has pgdeck ask real servers everything that it can ask, and act where that leaves them as they were.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import type { DatabaseSession } from '../../../src/io/postgres/database-session.ts'
import { pulseProbe } from '../../../src/probes/database/index.ts'
import { ON_DEMAND_PROBES } from '../../../src/probes/database/on-demand-queries.ts'
import { startPgdeck } from '../../cli/process.ts'
import { actingOn } from '../../fakes/acting.ts'
import { patiently } from '../../wait.ts'
import { linkTo, NEVER } from '../links.ts'

/** Marks in a server's log which application a line is of. */
export const LOGS_STATEMENTS = { log_statement: 'all', log_line_prefix: '%a<>' }

export interface Watched {
  readonly nodes: readonly PostgresNode[]
  readonly user: string
  readonly database?: string
}

/** Commands that only read; each may end as it likes, it only must not hang. */
export async function askEverything(context: TestContext, watched: Watched): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-names-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const config = join(folder, 'c.json')
  const dsns = watched.nodes.map((node) => node.dsn(watched.user, watched.database))
  const databases = dsns.map((dsn, index) => ({ name: `db-${index + 1}`, dsn, backup: { sql: 'select now()' } }))
  const [first = ''] = dsns
  writeFileSync(config, JSON.stringify({ clusters: [{ name: 'main', interval: '1s', databases }] }), { mode: 0o600 })
  const commands = [
    ['status'],
    ['doctor'],
    ['diagnose', 'db-1'],
    ['diagnose', 'db-2'],
    ['hba', 'audit'],
    [
      'hba',
      'test',
      '--node',
      'db-1',
      '--type',
      'host',
      '--user',
      watched.user,
      '--database',
      'postgres',
      '--address',
      '127.0.0.1',
    ],
    ['logs', 'db-1', '--out', join(folder, 'logs.tar.gz')],
    ['metrics'],
    ['check', 'backup-age'],
    ['do', 'promote', 'db-2', '--dry-run'],
    ['do', 'switchover', 'db-2', '--dry-run'],
  ].map((command) => [...command, '--config', config])
  for (const command of [...commands, ['config', 'init', first]]) {
    const { code, err } = await startPgdeck(context, command, {
      cwd: folder,
      env: { PGDECK_STATE_DIR: join(folder, 's') },
    }).ended
    assert.ok(code !== null && code < 64, `${command.slice(0, 2).join(' ')}: ${code} ${err}`)
  }
  for (const dsn of dsns) await lookAt(dsn)
}

/** What the views of the screen ask. */
async function lookAt(dsn: string): Promise<void> {
  const link: DatabaseSession = linkTo(dsn, { timeoutMs: patiently(20_000) })
  try {
    for (const probe of [pulseProbe, ...Object.values(ON_DEMAND_PROBES)]) {
      await probe.read({ session: link }, NEVER).catch((error: Error) => assert.match(error.name, /^FaultError$/))
    }
  } finally {
    await link.close()
  }
}

/** Acts that end as they began. Answers with what did not end as `done`. */
export async function actOnEverything(watched: Watched, sleeper: () => Promise<number>): Promise<readonly string[]> {
  const { nodes, user, database } = watched
  const acting = await actingOn({
    databases: nodes.map((node, index) => ({ name: `db-${index + 1}`, dsn: node.dsn(user, database) })),
  })
  try {
    const failed: string[] = []
    const acts: readonly (readonly [string, string, Record<string, string>?])[] = [
      ['reload', 'db-1'],
      ['checkpoint', 'db-1'],
      ['create-slot', 'db-1', { slot: 'made' }],
      ['drop-slot', 'db-1', { slot: 'made' }],
      ['pause-replay', 'db-2'],
      ['resume-replay', 'db-2'],
      ['cancel-query', 'db-1', { pid: String(await sleeper()) }],
      ['terminate-session', 'db-1', { pid: String(await sleeper()) }],
    ]
    for (const [action, target, input] of acts) {
      const run = await acting.act(action, target, input ?? {})
      if (run.state !== 'done') failed.push(`${action}: ${run.state} ${run.why ?? ''}`)
    }
    return failed
  } finally {
    await acting.close()
  }
}

const ENTRY = /^(.*?)<>([A-Z]+): {2}(.*)$/s

/** The entries of a server's log: whose, of which kind, and what they say. */
export function logOf(
  node: PostgresNode,
): readonly { readonly application: string; readonly kind: string; readonly text: string }[] {
  // What goes on in another line begins there with a tab.
  const entries = readFileSync(node.logFile, 'utf8').replaceAll('\n\t', '\u0000').split('\n')
  return entries.flatMap((entry) => {
    const [, application, kind, text] = ENTRY.exec(entry) ?? []
    return application === undefined || kind === undefined || text === undefined
      ? []
      : [{ application, kind, text: text.replaceAll('\u0000', '\n') }]
  })
}

/** Texts that pgdeck sent to the server, each once. */
export function sentTo(node: PostgresNode): readonly string[] {
  const texts = logOf(node).flatMap(({ application, kind, text }) => {
    const [, sent] = /^(?:statement|execute [^:]*): ([\s\S]*)$/.exec(text) ?? []
    return kind === 'LOG' && sent !== undefined && /^pgdeck(?! demo)/.test(application) ? [sent] : []
  })
  return [...new Set(texts)]
}
