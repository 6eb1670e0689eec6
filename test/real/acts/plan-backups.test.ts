// What plans say of backups and of those who receive WAL, by pgBackRest and pg_receivewal themselves.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { serverUser } from '../../../src/io/process/process.ts'
import type { Run } from '../../../src/model/runs/run.ts'
import { actingOn } from '../../fakes/acting.ts'
import { until } from '../../wait.ts'
import { packagedServers, type TestCluster, withCluster } from '../embedded.ts'
import { hostOf } from './promoting.ts'

const [binaries] = packagedServers()
const withoutPackage = binaries === undefined && 'no PostgreSQL of the distribution is installed'
const withoutTool = spawnSync('pgbackrest', ['--help']).error ? 'pgbackrest is not installed' : withoutPackage
const owner = serverUser()

const HBA = `local all all trust
local replication all trust
host all all 127.0.0.1/32 trust
host replication all 127.0.0.1/32 trust
`

function checkOf({ plan }: Run, check: string) {
  const found = plan.checks.find(({ id }) => id === check)
  return found && { result: found.result, message: found.message, hint: found.hint }
}

function acting({ nodes }: TestCluster, backup?: object) {
  const databases = nodes.map((node, index) => ({
    name: node.name,
    dsn: `${node.dsn('postgres')}?sslmode=disable`,
    host: `host-${node.name}`,
    ...(index === 0 && backup !== undefined ? { backup } : {}),
  }))
  return actingOn({ databases, hosts: nodes.map(hostOf) })
}

/** A folder of the servers' user. */
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

const identity = owner ? { uid: owner.uid, gid: owner.gid } : {}

describe('the plan', () => {
  test('of a rebuild says whether pgBackRest could restore what it deletes', { skip: withoutTool }, async (context) => {
    const folder = folderOf(context, 'repo')
    const configFile = join(folder, 'pgbackrest.conf')
    const settings = {
      archive_mode: 'on',
      archive_command: `pgbackrest --config=${configFile} --stanza=main archive-push %p`,
    }
    const options = { standbys: 1, hba: HBA, settings, ...(binaries ? { binaries } : {}) }
    await withCluster(options, async (cluster) => {
      const { primary } = cluster
      const global = `[global]\nrepo1-path=${folder}/repo\nlog-level-file=off\nlock-path=${folder}/lock\n`
      const place = `pg1-path=${primary.dataDirectory}\npg1-port=${primary.port}\npg1-socket-path=${primary.socketDirectory}\n`
      writeFileSync(configFile, `${global}[main]\n${place}pg1-user=postgres\n`)
      const pgbackrest = (...words: readonly string[]) => {
        const env = { PATH: '/usr/bin:/bin', HOME: folder }
        const argv = [`--config=${configFile}`, '--stanza=main', ...words]
        const { status, stdout, stderr } = spawnSync('pgbackrest', argv, {
          ...identity,
          cwd: '/',
          env,
          encoding: 'utf8',
        })
        assert.equal(status, 0, `${stdout}${stderr}`)
      }
      await cluster.caughtUp()
      const as = owner === null ? {} : { as: owner.name }
      const desk = await acting(cluster, { tool: 'pgbackrest', stanza: 'main', configFile, ...as })
      const planned = async (keepOld: string) =>
        checkOf(
          await desk.executor.propose({
            action: 'rebuild-replica',
            target: 'standby-1',
            input: { 'keep-old': keepOld },
          }),
          'backup-window',
        )
      try {
        const unknown = await planned('false')
        assert.equal(unknown?.result, 'warn')
        assert.match(unknown?.message ?? '', /^primary: unknown: pgdeck can't find the backups: .*the stanza main/)
        pgbackrest('stanza-create')
        const none = await planned('false')
        assert.equal(none?.result, 'fail')
        assert.match(none?.message ?? '', /^primary: nothing can be restored, there is no finished backup$/)
        assert.equal((await planned('true'))?.result, 'warn', 'nothing is deleted')
        pgbackrest('--type=full', '--start-fast', 'backup')
        const good = await planned('false')
        assert.equal(good?.result, 'pass')
        assert.match(good?.message ?? '', /^primary: the newest backup is \d+ s old$/)
      } finally {
        await desk.close()
      }
    })
  })

  test('of a switchover names who receives WAL from the old primary', { skip: withoutPackage }, async (context) =>
    withCluster({ standbys: 1, hba: HBA, ...(binaries ? { binaries } : {}) }, async (cluster) => {
      const { primary } = cluster
      await cluster.caughtUp()
      const folder = folderOf(context, 'wal')
      await primary.query(`select pg_create_physical_replication_slot('barman')`)
      const place = ['-h', '127.0.0.1', '-p', String(primary.port), '-U', 'postgres', '-S', 'barman']
      const receiver = spawn(`${primary.binaries.bin}/pg_receivewal`, ['-D', join(folder, 'wal'), ...place], {
        ...identity,
        cwd: '/',
        env: { PGAPPNAME: 'barman_receive_wal' },
        stdio: 'ignore',
      })
      context.after(() => receiver.kill())
      await until('it receives WAL', 30_000, async () => {
        const rows = await primary.query(
          `select from pg_stat_replication where application_name = 'barman_receive_wal' and state = 'streaming'`,
        )
        return rows.length === 1
      })
      const desk = await acting(cluster)
      try {
        const run = await desk.executor.propose({ action: 'switchover', target: 'standby-1', input: {} })
        assert.deepEqual(checkOf(run, 'wal-receivers'), {
          result: 'warn',
          message:
            'barman_receive_wal (slot barman) on primary receives WAL from there, and does not follow to standby-1',
          hint: 'Point it at standby-1 afterwards, with a slot there. Drop barman on primary then: it retains WAL there.',
        })
      } finally {
        await desk.close()
        receiver.kill()
      }
    }),
  )
})
