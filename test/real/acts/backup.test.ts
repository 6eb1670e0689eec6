// The act `backup` on real servers: what it wrote starts by itself and holds every commit; damage is found; a cut is gone on from.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { createPostgresNode, type PostgresNode } from '../../../src/demo/postgres/postgres-node.ts'
import { freePort } from '../../../src/io/network/free-port.ts'
import { type Acting, actingOn } from '../../fakes/acting.ts'
import { MAJORS, type TestCluster, withCluster } from '../embedded.ts'
import { line, meanwhile, noteOf, notPassed, numbersOn, prepareNumbers } from './promoting.ts'

const HBA = `local all postgres trust
host all all 127.0.0.1/32 scram-sha-256
host replication postgres 127.0.0.1/32 scram-sha-256
`

function acting({ primary }: TestCluster, options: object = {}): Promise<Acting> {
  return actingOn({
    databases: [{ name: 'primary', dsn: `${primary.dsn('postgres')}?sslmode=disable` }],
    ...options,
  })
}

/** A new folder in that of the cluster, gone with it. */
function folderIn({ primary }: TestCluster): string {
  return mkdtempSync(join(primary.scratch.path, 'backups-'))
}

/** Starts a server from nothing but the backup, as its own primary. */
async function restored({ primary }: TestCluster, path: string): Promise<PostgresNode> {
  const { scratch, binaries, password } = primary
  const dataDirectory = join(scratch.path, `restored-${readdirSync(scratch.path).length}`)
  mkdirSync(dataDirectory, { mode: 0o700 })
  if (statSync(path).isDirectory()) execFileSync('cp', ['-a', `${path}/.`, dataDirectory])
  else execFileSync('tar', ['-x', '-f', path, '-C', dataDirectory])
  if (scratch.owner) execFileSync('chown', ['-R', `${scratch.owner.uid}:${scratch.owner.gid}`, dataDirectory])
  const port = await freePort()
  const settings = { ...primaryIs, port: String(port), unix_socket_directories: scratch.path }
  const node = createPostgresNode({ name: 'restored', port, binaries, scratch, dataDirectory, password, settings })
  await node.start()
  return node
}

const primaryIs = {
  listen_addresses: '127.0.0.1',
  fsync: 'off',
  shared_buffers: '16MB',
  dynamic_shared_memory_type: 'mmap',
  max_connections: '50',
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777
}

describe('backup', () => {
  for (const major of MAJORS.filter((each) => each === 18 || each === 14)) {
    test(`a server of ${major} started from it holds all committed rows`, () =>
      withCluster({ major, hba: HBA }, async (cluster) => {
        const { primary } = cluster
        await prepareNumbers(primary)
        await primary.query('insert into numbers select generate_series(1, 5000)')
        const desk = await acting(cluster)
        try {
          const path = join(folderIn(cluster), 'base.tar.gz')
          let next = 5001
          // Commits go on meanwhile: those before its end are in it.
          const load = { over: false }
          const writing = (async () => {
            while (!load.over) await primary.query('insert into numbers values ($1)', [next++])
          })()
          const run = await desk.act('backup', 'primary', { to: path })
          load.over = true
          await writing
          assert.equal(run.state, 'done', `${run.why}\n${JSON.stringify(run.steps, null, 1)}`)
          assert.deepEqual(notPassed(run), [])
          assert.match(noteOf(run, 'verify'), /every file matches the manifest/)
          assert.equal(modeOf(path), 0o600)
          assert.deepEqual(readdirSync(join(path, '..')), ['base.tar.gz'])
          const slots = await primary.query('select slot_name from pg_replication_slots')
          assert.deepEqual(slots, [], 'its slot is gone')
          const node = await restored(cluster, path)
          const numbers = await numbersOn(node)
          assert.ok(numbers.length >= 5000)
          assert.deepEqual(
            numbers,
            numbers.map((_, index) => index + 1),
          )
          await node.query('insert into numbers values (-1)')
        } finally {
          await desk.close()
        }
      }))
  }

  test('into a folder and a plain archive, with SHA-256 and slowly; never over what is there', () =>
    withCluster({ hba: HBA }, async (cluster) => {
      await prepareNumbers(cluster.primary)
      await cluster.primary.query('insert into numbers values (1)')
      const desk = await acting(cluster)
      try {
        const folder = folderIn(cluster)
        const whole = join(folder, 'whole')
        const first = await desk.act('backup', 'primary', { to: whole, checksums: 'SHA256', rate: '1000' })
        assert.equal(first.state, 'done', `${first.why}`)
        assert.equal(modeOf(whole), 0o700)
        assert.match(readFileSync(join(whole, 'backup_manifest'), 'utf8'), /"Checksum-Algorithm": "SHA256"/)
        assert.deepEqual(await numbersOn(await restored(cluster, whole)), [1])
        const again = await desk.act('backup', 'primary', { to: whole })
        assert.equal(again.state, 'blocked')
        assert.deepEqual(notPassed(again), ['target-file:fail'])
        const tar = join(folder, 'whole.tar')
        const archive = await desk.act('backup', 'primary', { to: tar })
        assert.equal(archive.state, 'done', `${archive.why}`)
        assert.match(execFileSync('tar', ['-t', '-f', tar], { encoding: 'utf8' }), /^backup_manifest$/m)
      } finally {
        await desk.close()
      }
    }))

  test('what was damaged on the disk between is found, and gets no name', () =>
    withCluster({ hba: HBA }, async (cluster) => {
      const folder = folderIn(cluster)
      const path = join(folder, 'base.tar')
      const damage = async () => {
        const [received = ''] = readdirSync(folder)
        const file = await open(join(folder, received), 'r+')
        await file.write(Buffer.from('damage'), 0, 6, 5_000_000)
        await file.close()
      }
      const desk = await acting(cluster, {
        executor: { openJournal: meanwhile(line('step-done', 'receive'), damage) },
      })
      try {
        const run = await desk.act('backup', 'primary', { to: path })
        assert.equal(run.state, 'stopped')
        assert.match(String(run.why), /the backup is damaged: .* differs: its CRC32C is not that of the manifest/)
        assert.equal(existsSync(path), false)
        const aborted = await desk.executor.abort(run.id, 'test')
        assert.equal(aborted.state, 'aborted')
        assert.deepEqual(readdirSync(folder), [])
      } finally {
        await desk.close()
      }
    }))

  test('a file that appears at its place meanwhile is left alone; a cut run is gone on with', () =>
    withCluster({ hba: HBA }, async (cluster) => {
      const folder = folderIn(cluster)
      const path = join(folder, 'base.tar')
      const appear = async () => writeFileSync(path, 'somebody else’s')
      const desk = await acting(cluster, {
        executor: { openJournal: meanwhile(line('step-done', 'receive'), appear) },
      })
      try {
        const run = await desk.act('backup', 'primary', { to: path })
        assert.equal(run.state, 'stopped')
        assert.match(String(run.why), /exists already/)
        assert.equal(readFileSync(path, 'utf8'), 'somebody else’s')
        rmSync(path)
        // What a process that was killed would have left of an attempt.
        writeFileSync(`${path}.${run.id}.part`, 'half')
        const resumed = await desk.executor.resume(run.id, { skips: {} })
        assert.equal(resumed.state, 'done', `${resumed.why}`)
        assert.ok(statSync(path).size > 1_000_000)
      } finally {
        await desk.close()
      }
    }))

  test('a role that may not replicate is told so, with the grant', () =>
    withCluster({ hba: HBA }, async (cluster) => {
      const { primary } = cluster
      const desk = await actingOn({
        databases: [{ name: 'primary', dsn: `${primary.dsn('pgdeck')}?sslmode=disable` }],
      })
      try {
        const run = await desk.act('backup', 'primary', { to: join(folderIn(cluster), 'base.tar') })
        assert.equal(run.state, 'blocked')
        const check = run.plan.checks.find(({ id }) => id === 'privilege')
        assert.equal(check?.result, 'fail')
        assert.match(String(check?.hint), /REPLICATION/)
      } finally {
        await desk.close()
      }
    }))

  test('on a full disk it says so and leaves nothing', (context) =>
    withCluster({ hba: HBA }, async (cluster) => {
      const folder = folderIn(cluster)
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder], { stdio: 'pipe' })
      } catch (error) {
        context.skip(`no small file system can be mounted here: ${String(error).split('\n')[0]}`)
        return
      }
      const desk = await acting(cluster)
      try {
        const run = await desk.executor.propose(
          { action: 'backup', target: 'primary', input: { to: join(folder, 'base.tar') } },
          { disk: 'to see what happens' },
        )
        assert.equal(run.plan.checks.find(({ id }) => id === 'disk')?.result, 'fail')
        const ended = await desk.executor.start(run, { answer: { kind: 'yes' }, givenBy: 'test', skips: {} })
        assert.equal(ended.state, 'failed')
        assert.match(String(ended.why), /the disk is full/)
        assert.deepEqual(readdirSync(folder), [])
      } finally {
        await desk.close()
        execFileSync('umount', [folder])
      }
    }))
})
