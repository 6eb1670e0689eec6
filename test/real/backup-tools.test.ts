// pgBackRest and Barman themselves, asked as their user on the host: their backups, none, unfinished ones, one that hangs.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import type { BackupSource, HostConfig } from '../../src/config/config.ts'
import { parseDsn } from '../../src/config/dsn/dsn.ts'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import { openDatabaseSession } from '../../src/io/postgres/database-session.ts'
import { serverUser } from '../../src/io/process/process.ts'
import { backupProbe } from '../../src/probes/database/backup/latest-backup.ts'
import { until, within } from '../wait.ts'
import { packagedServers, withCluster } from './embedded.ts'
import { faultOf } from './links.ts'

const [binaries] = packagedServers()
const missing = (program: string) =>
  spawnSync(program, ['--help']).error
    ? `${program} is not installed`
    : binaries === undefined && 'no PostgreSQL of the distribution is installed'

const HBA = `local all all trust
local replication all trust
host all all 127.0.0.1/32 trust
host replication all 127.0.0.1/32 trust
`

const LOCAL: HostConfig = {
  id: 'h1',
  access: { kind: 'local' },
  address: null,
  dataDirectory: null,
  binDirectory: null,
  start: null,
  stop: null,
  platform: 'linux',
  installDirectory: null,
  logs: [],
}
const owner = serverUser()
const as = owner === null ? {} : { as: owner.name }

/** A folder of the tool's user. */
function folderOf(context: TestContext, ...inside: readonly string[]): string {
  const folder = mkdtempSync('/tmp/pgdeck-tool-')
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const name of ['', ...inside]) {
    const path = join(folder, name)
    mkdirSync(path, { recursive: true })
    if (owner) chownSync(path, owner.uid, owner.gid)
  }
  return folder
}

function identity() {
  return owner ? { uid: owner.uid, gid: owner.gid } : {}
}

/** Runs a program as the tool's user. */
function asTool(program: string, args: readonly string[], folder: string): string {
  const env = { PATH: '/usr/bin:/bin', HOME: folder }
  const { status, stdout, stderr } = spawnSync(program, args, { ...identity(), cwd: '/', env, encoding: 'utf8' })
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${stdout}${stderr}`)
  return stdout
}

async function socketFolderOf(node: PostgresNode): Promise<string> {
  const [row] = await node.query<{ folder: string }>(`select current_setting('unix_socket_directories') as folder`)
  return row?.folder ?? assert.fail('no socket')
}

async function read(source: BackupSource, limitMs = 60_000) {
  const link = openDatabaseSession({
    connection: parseDsn('host=127.0.0.1 port=1 user=x', {}),
    passwordCommand: null,
    timeoutMs: 1,
  })
  try {
    return await backupProbe.read({ source, link, host: { config: LOCAL, ssh: null } }, within(limitMs))
  } finally {
    await link.close()
  }
}

describe('pgBackRest', { skip: missing('pgbackrest') }, () => {
  test('tells its backups; a folder that it left unfinished is none', async (context) => {
    const folder = folderOf(context, 'repo')
    const configFile = join(folder, 'pgbackrest.conf')
    const settings = {
      archive_mode: 'on',
      archive_command: `pgbackrest --config=${configFile} --stanza=main archive-push %p`,
    }
    await withCluster({ hba: HBA, settings, ...(binaries ? { binaries } : {}) }, async ({ primary }) => {
      const socket = await socketFolderOf(primary)
      const global = `[global]\nrepo1-path=${folder}/repo\nlog-level-file=off\nlock-path=${folder}/lock\n`
      const stanza = `[main]\npg1-path=${primary.dataDirectory}\npg1-port=${primary.port}\npg1-socket-path=${socket}\npg1-user=postgres\n`
      writeFileSync(configFile, `${global}${stanza}`)
      const tool = { kind: 'tool', tool: 'pgbackrest', name: 'main', host: 'h1', configFile, ...as } as const
      const pgbackrest = (...words: readonly string[]) =>
        asTool('pgbackrest', [`--config=${configFile}`, '--stanza=main', ...words], folder)
      assert.match((await faultOf(read(tool))).message, /pgbackrest on h1: the stanza main: missing stanza path$/)
      pgbackrest('stanza-create')
      assert.equal((await read(tool)).newest, null)
      pgbackrest('--type=full', '--start-fast', 'backup')
      const found = await read(tool)
      const [row] = await primary.query<{ id: string }>('select system_identifier::text as id from pg_control_system()')
      assert.deepEqual([found.system, found.isRunning, found.trouble], [row?.id, false, null])
      assert.ok(Math.abs((found.newest?.at ?? 0) - Date.now()) < 600_000)
      assert.equal(found.oldestAt, found.newest?.at)
      // What a killed one leaves.
      const left = join(folder, 'repo/backup/main/20991231-000000F')
      mkdirSync(left)
      writeFileSync(join(left, 'backup.manifest.copy'), '')
      const inFolder = await read({ kind: 'folder', folder: join(folder, 'repo/backup/main'), host: 'h1', ...as })
      assert.equal(inFolder.newest?.name, found.newest?.name)
      assert.match((await faultOf(read({ ...tool, name: "it's $(id) 'x" }))).message, /^pgdeck can't find the backups/)
    })
  })

  test('one that hangs is ended at the limit', async (context) => {
    const folder = folderOf(context)
    const configFile = join(folder, 'never')
    // Nobody ever writes to it.
    asTool('mkfifo', [configFile], folder)
    const fault = await faultOf(
      read({ kind: 'tool', tool: 'pgbackrest', name: 'main', host: 'h1', configFile, ...as }, 1_500),
    )
    assert.match(fault.message, /h1: pgbackrest was ended after .*it reached its time limit/)
  })
})

describe('Barman', { skip: missing('barman') }, () => {
  test('tells its backups; what failed is none, in its list and in its folder', async (context) => {
    const folder = folderOf(context, 'home', 'conf.d')
    const configFile = join(folder, 'barman.conf')
    await withCluster({ hba: HBA, ...(binaries ? { binaries } : {}) }, async ({ primary }) => {
      const at = `host=${await socketFolderOf(primary)} port=${primary.port} user=postgres`
      writeFileSync(
        configFile,
        `[barman]
barman_home=${folder}/home
barman_user=${owner?.name ?? process.env.USER}
log_file=${folder}/barman.log
configuration_files_directory=${folder}/conf.d
[main]
description=main
conninfo=${at} dbname=postgres
streaming_conninfo=${at}
backup_method=postgres
streaming_archiver=on
slot_name=barman
create_slot=auto
path_prefix=${primary.binaries.bin}
`,
      )
      const tool = { kind: 'tool', tool: 'barman', name: 'main', host: 'h1', configFile, ...as } as const
      const barman = (...words: readonly string[]) => asTool('barman', ['-c', configFile, ...words], folder)
      assert.equal((await read(tool)).newest, null)
      assert.match((await faultOf(read({ ...tool, name: 'other' }))).message, /Unknown server 'other'/)
      barman('receive-wal', '--create-slot', 'main')
      const receiver = spawn('barman', ['-c', configFile, 'receive-wal', 'main'], {
        ...identity(),
        cwd: '/',
        stdio: 'ignore',
      })
      context.after(() => receiver.kill())
      await until('barman receives WAL', 60_000, async () => {
        const rows = await primary.query(
          `select from pg_stat_replication where application_name = 'barman_receive_wal'`,
        )
        return rows.length === 1
      })
      // Without WAL in its archive it takes no backup.
      barman('switch-wal', '--force', '--archive', '--archive-timeout', '120', 'main')
      barman('backup', 'main')
      const done = await read(tool)
      // The last WAL may still be on its way: then it is not counted yet.
      const base = join(folder, 'home/main/base')
      const [id = ''] = readdirSync(base)
      if (done.newest) {
        const [row] = await primary.query<{ id: string }>(
          'select system_identifier::text as id from pg_control_system()',
        )
        assert.deepEqual([done.newest.name, done.system], [id, row?.id])
      }
      const failed = join(base, '20991231T000000')
      mkdirSync(failed)
      writeFileSync(join(failed, 'backup.info'), 'backup_label=None\nstatus=FAILED\n')
      const inFolder = await read({ kind: 'folder', folder: base, host: 'h1', ...as })
      assert.equal(inFolder.newest?.name, done.newest?.name)
      receiver.kill()
    })
  })
})
