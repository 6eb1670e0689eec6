// The act `backup` on servers with tablespaces: what it wrote is restored as the documents say, and holds every row.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { createPostgresNode, type PostgresNode } from '../../../../src/demo/postgres/postgres-node.ts'
import { freePort } from '../../../../src/io/network/free-port.ts'
import { actingOn } from '../../../fakes/acting.ts'
import { majorsToTry, type TestCluster, withCluster } from '../../embedded.ts'
import { line, meanwhile, noteOf, notPassed } from '../promoting.ts'
import { createTablespaces, linksIn, makePlaces, rowsIn } from './places.ts'

const HBA = `local all postgres trust
host all all 127.0.0.1/32 scram-sha-256
host replication postgres 127.0.0.1/32 scram-sha-256
`

function acting({ primary }: TestCluster, options: object = {}) {
  const databases = [{ name: 'primary', dsn: `${primary.dsn('postgres')}?sslmode=disable` }]
  return actingOn({ databases, ...options })
}

function own({ primary: { scratch } }: TestCluster, path: string): void {
  if (scratch.owner) execFileSync('chown', ['-R', `${scratch.owner.uid}:${scratch.owner.gid}`, path])
}

/** A data directory from nothing but the backup. */
function unpacked(cluster: TestCluster, path: string): string {
  const { scratch } = cluster.primary
  const dataDirectory = join(scratch.path, `restored-${readdirSync(scratch.path).length}`)
  mkdirSync(dataDirectory, { mode: 0o700 })
  if (statSync(path).isDirectory()) execFileSync('cp', ['-a', `${path}/.`, dataDirectory])
  else execFileSync('tar', ['-x', '-f', path, '-C', dataDirectory])
  own(cluster, dataDirectory)
  return dataDirectory
}

/** To new places, as the documents say: by moving them, and with an edited map. */
function moveTablespaces(cluster: TestCluster, dataDirectory: string, oids: readonly string[]): void {
  const file = join(dataDirectory, 'tablespace_map')
  const map = readFileSync(file, 'utf8')
  assert.deepEqual((map.match(/^\d+(?= )/gm) ?? []).sort(), [...oids].sort())
  const lines = oids.map((oid) => {
    const from = join(dataDirectory, 'pg_tblspc', oid)
    const to = `${dataDirectory}-${oid}`
    mkdirSync(to, { mode: 0o700 })
    for (const name of readdirSync(from)) execFileSync('mv', [join(from, name), to])
    rmdirSync(from)
    own(cluster, to)
    return `${oid} ${to}\n`
  })
  writeFileSync(file, lines.join(''))
}

async function started({ primary }: TestCluster, dataDirectory: string): Promise<PostgresNode> {
  const { scratch, binaries, password } = primary
  const port = await freePort()
  const settings = {
    listen_addresses: '127.0.0.1',
    fsync: 'off',
    shared_buffers: '16MB',
    dynamic_shared_memory_type: 'mmap',
    port: String(port),
    unix_socket_directories: scratch.path,
  }
  const node = createPostgresNode({ name: 'restored', port, binaries, scratch, dataDirectory, password, settings })
  await node.start()
  return node
}

describe('a backup of a server with tablespaces', () => {
  for (const major of majorsToTry())
    test(`of ${major}: as an archive, packed and as a folder it is verified, and starts with all rows`, () =>
      withCluster({ major, hba: HBA }, async (cluster) => {
        const { primary } = cluster
        const places = makePlaces(primary, 'spaces')
        const oids = await createTablespaces(primary, places)
        const desk = await acting(cluster)
        const folder = mkdtempSync(join(primary.scratch.path, 'backups-'))
        try {
          for (const name of ['whole.tar', 'whole.tar.gz', 'whole']) {
            const path = join(folder, name)
            const run = await desk.act('backup', 'primary', { to: path })
            assert.equal(run.state, 'done', `${run.why}\n${JSON.stringify(run.steps, null, 1)}`)
            assert.deepEqual(notPassed(run), [])
            const check = run.plan.checks.find(({ id }) => id === 'tablespaces')
            assert.match(check?.message ?? '', /^it holds the tablespaces Old "data", 1 \(.*\), fast \(.*\), each in /)
            assert.match(run.plan.impact.statement, /goes to the place that its line in tablespace_map names/)
            assert.match(noteOf(run, 'verify'), /every file matches the manifest/)
            const data = unpacked(cluster, path)
            // Before the tablespaces are moved, the server refuses to start, and changes nothing.
            if (name === 'whole') await assert.rejects(started(cluster, data))
            moveTablespaces(cluster, data, oids)
            const node = await started(cluster, data)
            assert.deepEqual(await rowsIn(node), [1000, 1000])
            const links = linksIn(node.dataDirectory, oids)
            assert.ok(links.every((link) => link.startsWith(`${primary.scratch.path}/restored-`)))
            await node.query('insert into in_0 values (-1)')
            await node.stop()
          }
          assert.deepEqual(await rowsIn(primary), [1000, 1000])
          assert.deepEqual(readdirSync(folder).sort(), ['whole', 'whole.tar', 'whole.tar.gz'])
        } finally {
          await desk.close()
        }
      }))

  test('damage in the files of a tablespace is found', () =>
    withCluster({ hba: HBA }, async (cluster) => {
      const { primary } = cluster
      const [oid = ''] = await createTablespaces(primary, makePlaces(primary, 'spaces'))
      const folder = mkdtempSync(join(primary.scratch.path, 'backups-'))
      const path = join(folder, 'whole')
      const damage = async () => {
        const [received = ''] = readdirSync(folder)
        const place = join(folder, received, 'pg_tblspc', oid)
        const files = readdirSync(place, { recursive: true, encoding: 'utf8' }).map((name) => join(place, name))
        const largest = files
          .filter((each) => statSync(each).isFile())
          .sort((a, b) => statSync(b).size - statSync(a).size)
        const file = await open(largest[0] ?? '', 'r+')
        await file.write(Buffer.from('damage'), 0, 6, 4096)
        await file.close()
      }
      const desk = await acting(cluster, {
        executor: { openJournal: meanwhile(line('step-done', 'receive'), damage) },
      })
      try {
        const run = await desk.act('backup', 'primary', { to: path })
        assert.equal(run.state, 'stopped')
        assert.match(String(run.why), new RegExp(`the backup is damaged: pg_tblspc/${oid}/PG_.* differs`))
        const aborted = await desk.executor.abort(run.id, 'test')
        assert.equal(aborted.state, 'aborted')
        assert.deepEqual(readdirSync(folder), [])
      } finally {
        await desk.close()
      }
    }))
})
