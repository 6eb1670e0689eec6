// Servers that do not start, for real reasons, on the oldest and the newest version: the reason is found in log and files.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../src/demo/postgres/postgres-node.ts'
import { openHostConnection } from '../../src/io/hosts/host-connection.ts'
import { startFailure } from '../../src/model/diagnosis/start/start-failure.ts'
import { UNKNOWN_LOG_SETTINGS } from '../../src/model/logs/entries/entry.ts'
import { logTailOf } from '../../src/model/logs/entries/log-tail.ts'
import { settingProblem } from '../../src/model/settings/parameter-values.ts'
import { readServerFiles } from '../../src/probes/host-files/stopped-server.ts'
import { patiently } from '../wait.ts'
import { withCluster } from './embedded.ts'
import { NEVER } from './links.ts'

const HERE = { id: 'here', address: null, access: { kind: 'local' } } as const

interface Trouble {
  readonly what: string
  /** Does the damage; answers with what undoes it. */
  readonly hurt: (node: PostgresNode) => (() => void) | Promise<() => void>
  readonly evidence: RegExp
  readonly next: RegExp
  /** From the log alone, which is all that is known where the files can't be read. */
  readonly byLog?: RegExp
}

function changed(path: string, change: (path: string) => void): () => void {
  copyFileSync(path, `${path}.kept`)
  change(path)
  return () => {
    // The owner and the mode of the file are what the server looks at too.
    writeFileSync(path, readFileSync(`${path}.kept`))
    rmSync(`${path}.kept`)
  }
}

const conf = (line: string) => (node: PostgresNode) =>
  changed(join(node.dataDirectory, 'postgresql.conf'), (path) => appendFileSync(path, `${line}\n`))

const file =
  (name: string, text = '') =>
  (node: PostgresNode) => {
    const path = join(node.dataDirectory, name)
    writeFileSync(path, text, { mode: 0o644 })
    return () => rmSync(path, { force: true })
  }

const moved = (name: string) => (node: PostgresNode) => {
  const path = join(node.dataDirectory, name)
  renameSync(path, `${path}.away`)
  return () => {
    rmSync(path, { recursive: true, force: true })
    renameSync(`${path}.away`, path)
  }
}

const TROUBLES: readonly Trouble[] = [
  {
    what: 'a line that is no setting',
    hurt: conf('this is no setting'),
    evidence: /postgresql\.conf:\d+: syntax error/,
    next: /correct that line/,
  },
  {
    what: 'a parameter that is gone',
    hurt: conf('wal_keep_segments = 64'),
    evidence: /postgresql\.conf:\d+: unrecognized configuration parameter "wal_keep_segments"/,
    next: /correct that line/,
  },
  {
    what: 'a bad value',
    hurt: conf("max_connections = 'many'"),
    evidence: /invalid value for parameter "max_connections": "many"/,
    next: /correct that line/,
  },
  {
    what: 'a value out of range',
    hurt: conf('max_wal_senders = -5'),
    evidence: /outside the valid range for parameter "max_wal_senders"/,
    next: /correct that line/,
  },
  {
    what: 'a file that is included and missing',
    hurt: conf("include 'nowhere.conf'"),
    evidence: /nowhere\.conf": No such file/,
    next: /correct that line/,
  },
  {
    what: 'a file that includes itself',
    hurt: conf("include 'postgresql.conf'"),
    evidence: /configuration file recursion/,
    byLog: /contains errors/,
    next: /correct that line/,
  },
  {
    what: 'a broken pg_hba.conf',
    hurt: (node) =>
      changed(join(node.dataDirectory, 'pg_hba.conf'), (path) => appendFileSync(path, 'host all all 10.0.0.1 trust\n')),
    evidence: /pg_hba\.conf:\d+: .*mask/,
    next: /pgdeck hba test/,
    byLog: /could not load .*pg_hba\.conf/,
  },
  {
    what: 'permissions of the data directory',
    hurt: (node) => {
      chmodSync(node.dataDirectory, 0o755)
      return () => chmodSync(node.dataDirectory, 0o700)
    },
    evidence: /has permissions 0755/,
    next: /chmod 0700/,
    byLog: /invalid permissions/,
  },
  {
    what: 'recovery.conf',
    hurt: file('recovery.conf'),
    evidence: /recovery\.conf is there/,
    next: /remove it/,
    byLog: /using recovery command file/,
  },
  {
    what: 'recovery.signal without a command',
    hurt: file('recovery.signal'),
    evidence: /restore_command is not set/,
    next: /set restore_command/,
    byLog: /must specify "?restore_command/,
  },
  {
    what: 'two recovery targets',
    hurt: conf("recovery_target_name = 'x'\nrecovery_target_xid = '9'"),
    evidence: /recovery_target_name and recovery_target_xid are both set/,
    next: /leave one/,
  },
  {
    what: 'a library that is missing',
    hurt: conf("shared_preload_libraries = 'nowhere_lib'"),
    evidence: /could not access file "nowhere_lib"/,
    next: /shared_preload_libraries/,
  },
  {
    what: 'a key that others may read',
    hurt: (node) => {
      const undo = [conf('ssl = on')(node), file('server.key', 'x')(node), file('server.crt', 'x')(node)]
      return () => {
        for (const each of undo) each()
      }
    },
    evidence: /server\.key/,
    next: /chmod 0600/,
    byLog: /server\.crt/,
  },
  {
    what: 'a control file that is cut',
    hurt: (node) => changed(join(node.dataDirectory, 'global', 'pg_control'), (path) => truncateSync(path, 100)),
    evidence: /pg_control has 100 bytes instead of 8192/,
    next: /restore a backup/,
  },
  {
    what: 'a control file that is damaged',
    hurt: (node) =>
      changed(join(node.dataDirectory, 'global', 'pg_control'), (path) => {
        const bytes = readFileSync(path)
        bytes[40] = (bytes[40] ?? 0) ^ 0xff
        writeFileSync(path, bytes)
      }),
    evidence: /incorrect checksum in control file|checksum does not match/,
    next: /control file is damaged/,
  },
  {
    what: 'data of another version',
    hurt: (node) => changed(join(node.dataDirectory, 'PG_VERSION'), (path) => writeFileSync(path, '11\n')),
    evidence: /database files are incompatible with server: .*version 11/,
    next: /PG_VERSION/,
  },
  { what: 'no pg_wal', hurt: moved('pg_wal'), evidence: /pg_wal is missing/, next: /rebuild/ },
  {
    what: 'no PG_VERSION',
    hurt: moved('PG_VERSION'),
    evidence: /no data directory/,
    next: /mounted/,
    byLog: /is not a valid data directory/,
  },
  {
    what: 'a port that is taken',
    hurt: async (node) => {
      const other = createServer().listen(node.port, '127.0.0.1')
      await new Promise((resolve) => other.once('listening', resolve))
      return () => void other.close()
    },
    evidence: /Address already in use|could not create any TCP/,
    next: /ss -ltnp/,
  },
  {
    what: 'an address that the host lacks',
    hurt: conf("listen_addresses = '192.0.2.77'"),
    evidence: /Cannot assign requested address/,
    next: /listen_addresses/,
  },
  {
    what: 'an empty lock file',
    hurt: (node) => {
      const path = join(node.dataDirectory, 'postmaster.pid')
      writeFileSync(path, '')
      return () => rmSync(path, { force: true })
    },
    evidence: /lock file "postmaster\.pid" is empty/,
    next: /remove that file/,
  },
]

async function found(node: PostgresNode, log: string) {
  const host = openHostConnection(HERE)
  try {
    const files = await readServerFiles(host, node.dataDirectory, NEVER)
    const tail = logTailOf([log], UNKNOWN_LOG_SETTINGS)
    const both = startFailure({ host: 'h1', files, log: tail })
    return { both, byLog: startFailure({ host: 'h1', files: null, log: tail }) }
  } finally {
    await host.close()
  }
}

/** Starts the program itself; answers with what it said when it gave up. */
function refusedStart({ binaries, dataDirectory, scratch }: PostgresNode, what: string): string {
  const { uid, gid } = scratch.owner ?? {}
  const owner = uid === undefined || gid === undefined ? {} : { uid, gid }
  const options = { ...owner, cwd: scratch.path, encoding: 'utf8', timeout: patiently(20_000) } as const
  const { status, signal, stderr } = spawnSync(join(binaries.bin, 'postgres'), ['-D', dataDirectory], options)
  // PANIC ends it by a signal of its own.
  assert.ok(status === 1 || signal === 'SIGABRT', `${what}: it did not give up: ${stderr}`)
  return stderr
}

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

describe('a server that does not start', { concurrency: true }, () => {
  for (const major of [14, 18] as const) {
    test(`PostgreSQL ${major} tells why`, () =>
      withCluster({ major }, async ({ primary }) => {
        const all = await primary.query<{ name: string; setting: string; unit: string | null }>(
          'select lower(name) as name, setting, unit from pg_settings',
        )
        const wrong = all.filter(({ name, setting }) => settingProblem(name, setting, major) !== null)
        assert.deepEqual(wrong, [], 'what a server runs with is no error')
        await primary.stop()
        assert.equal((await found(primary, textOf(primary.logFile))).both, null, 'a clean stop is no failure')
        for (const { what, hurt, evidence, next, byLog = evidence } of TROUBLES) {
          const undo = await hurt(primary)
          const said = refusedStart(primary, what)
          const told = await found(primary, said)
          assert.match(told.both?.evidence ?? 'nothing', evidence, `${what}: ${said}`)
          assert.match(told.both?.next ?? 'nothing', next, `${what}: ${said}`)
          if (!/is missing|bytes instead|syntax|both set|:\\d/.test(evidence.source))
            assert.match(told.byLog?.evidence ?? 'nothing', byLog, `${what}, by its log alone: ${said}`)
          await undo()
        }
        await primary.start()
      }))
  }
})
