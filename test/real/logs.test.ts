// Logs of real servers, collected as the shell does it: on their host, through SQL, without secrets, within a limit.

import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { startPgdeck } from '../cli/process.ts'
import { until } from '../wait.ts'
import { unpacked, writeConfig } from './collected.ts'
import { type TestCluster, withCluster } from './embedded.ts'

const COLLECTS = { logging_collector: 'on', log_statement: 'all', log_filename: 'server.log' }
const SECRET = 'Tell-n0body'

function folderFor(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-test-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function logs(context: TestContext, folder: string, ...args: readonly string[]) {
  const env = { PGDECK_STATE_DIR: join(folder, 'state') }
  return startPgdeck(context, args, { cwd: folder, env }).ended
}

/** A log with a password in it, on the disk. */
async function withSecret({ primary }: TestCluster): Promise<string> {
  await primary.query(`alter role pgdeck password '${SECRET}'`)
  await primary.query(`alter role pgdeck password '${primary.password}'`)
  await primary.query("select 'the last statement'")
  const path = join(primary.dataDirectory, 'log', 'server.log')
  await until('the log is written', 10_000, () => readFileSync(path, 'utf8').includes('the last statement'))
  return path
}

describe('pgdeck logs', () => {
  test('takes the log of a database from its host, with what pgdeck knows, and without secrets', async (context) => {
    await withCluster({ settings: COLLECTS }, async (cluster) => {
      const folder = folderFor(context)
      const path = await withSecret(cluster)
      const config = writeConfig(join(folder, 'c.json'), [{ name: 'db-1', node: cluster.primary, local: true }])
      const out = join(folder, 'out.tar.gz')
      const { code, out: said, err } = await logs(context, folder, 'logs', 'db-1', '--out', out, '-c', config, '--json')
      assert.equal(code, 0, err)
      const document = JSON.parse(said)
      assert.equal(document.schema, 'pgdeck.logs/1')
      assert.deepEqual([document.file, document.node, document.kind], [out, 'db-1', 'database'])
      assert.equal(statSync(out).size, document.bytes)
      assert.equal(statSync(out).mode & 0o777, 0o600)

      const entries = await unpacked(out)
      const log = entries.get(`logs${path}`) ?? ''
      assert.match(log, /the last statement/)
      assert.match(log, /alter role pgdeck password '\[redacted\]'/)
      for (const [name, text] of entries) {
        assert.ok(!text.includes(SECRET) && !text.includes(cluster.password), `a secret is in ${name}`)
      }
      assert.match(entries.get('MANIFEST.txt') ?? '', /TAKEN \(1\)\n {2}\S+\/logs\/\S+server\.log/)
      const status = JSON.parse(entries.get('status.json') ?? '')
      assert.deepEqual([status.schema, status.clusters[0].databases[0].name], ['pgdeck.status/1', 'db-1'])
      assert.deepEqual(JSON.parse(entries.get('audit.json') ?? ''), [])
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.endsWith('.part')),
        [],
      )
    })
  })

  test('through SQL says which grants are missing, and with them takes the same', async (context) => {
    await withCluster({ settings: COLLECTS }, async (cluster) => {
      const folder = folderFor(context)
      await withSecret(cluster)
      await cluster.primary.createRole('plain', 'LOGIN')
      const config = writeConfig(join(folder, 'c.json'), [{ name: 'db-1', node: cluster.primary, role: 'plain' }])
      const out = join(folder, 'out.tar.gz')
      const before = await logs(context, folder, 'logs', 'db-1', '--out', out, '-c', config)
      assert.equal(before.code, 1)
      const grants = [...before.err.matchAll(/GRANT [^;\n]+? TO plain/g)].map(([grant]) => grant)
      assert.deepEqual(grants, [
        'GRANT pg_monitor TO plain',
        'GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_binary_file(pg_catalog.text,bigint,bigint,boolean) TO plain',
      ])
      for (const grant of grants) await cluster.primary.query(grant)
      const after = await logs(context, folder, 'logs', 'db-1', '--out', out, '--force', '-c', config)
      assert.equal(after.code, 0, after.err)
      const [log = ''] = [...(await unpacked(out))]
        .filter(([name]) => name.endsWith('server.log'))
        .map(([, text]) => text)
      assert.match(log, /the last statement/)
      assert.ok(!log.includes(SECRET))
    })
  })

  test('keeps to the limit, newest first, unpacks what was packed, and says what it left out', async (context) => {
    await withCluster({}, async ({ primary }) => {
      const folder = folderFor(context)
      const own = join(folder, 'own')
      mkdirSync(join(own, 'deeper'), { recursive: true })
      const write = (name: string, content: string | Uint8Array, at: string) => {
        writeFileSync(join(own, name), content)
        utimesSync(join(own, name), new Date(at), new Date(at))
      }
      write('old.log', 'x'.repeat(100), '2020-01-01')
      write('long.log', `${`password=${SECRET} line\n`.repeat(9_000)}the end\n`, '2026-01-02')
      write('deeper/newest.log', `héé ${SECRET.slice(0, 4)}\n`, '2026-01-03')
      write('rotated.log.1.gz', gzipSync(`PGPASSWORD=${SECRET} psql\n`), '2026-01-04')
      write('rotated.log.2.xz', 'packed', '2026-01-05')
      const config = writeConfig(join(folder, 'c.json'), [
        { name: 'db-1', node: primary, local: true, logs: [own, join(folder, 'not-there')] },
      ])
      const out = join(folder, 'out.tar.gz')
      const words = ['--max-size', '64kB', '--since', '2021-01-01', '--json']
      const { code, out: said, err } = await logs(context, folder, 'logs', 'db-1', '--out', out, '-c', config, ...words)
      assert.equal(code, 0, err)
      const { taken, left, missing } = JSON.parse(said)
      const names = taken.map(({ path }: { path: string }) => path.slice(own.length + 1))
      assert.deepEqual(names, ['rotated.log.1.gz', 'deeper/newest.log', 'long.log'])
      assert.match(taken[2].cut, /only its end: the limit of 64 kB/)
      assert.ok(taken[2].bytes < 64 * 1024)
      const told = JSON.stringify(left)
      assert.match(told, /1 older files/)
      assert.match(told, /rotated\.log\.2\.xz.*can’t unpack \.xz/)
      assert.match(JSON.stringify(missing), /not-there.*no file was found/)
      assert.match(JSON.stringify(missing), /logging_collector is off/)
      const entries = await unpacked(out)
      assert.equal(entries.get(`logs${own}/rotated.log.1`), 'PGPASSWORD=[redacted] psql\n')
      assert.equal(entries.get(`logs${own}/deeper/newest.log`), 'héé Tell\n')
      assert.match(entries.get(`logs${own}/long.log`) ?? '', /^password=\[redacted\] line\n[\s\S]*the end\n$/)
    })
  })

  test('an unknown name, a folder that is not there, and a node that is down', async (context) => {
    await withCluster({ settings: COLLECTS }, async ({ primary }) => {
      const folder = folderFor(context)
      const config = writeConfig(join(folder, 'c.json'), [{ name: 'db-1', node: primary, local: true }])
      const unknown = await logs(context, folder, 'logs', 'db-9', '--out', 'x.tar.gz', '-c', config)
      assert.equal(unknown.code, 64)
      assert.match(unknown.err, /no server or database "db-9"; there are db-1/)
      const unwritable = await logs(context, folder, 'logs', 'db-1', '--out', 'no/x.tar.gz', '-c', config)
      assert.equal(unwritable.code, 1)
      assert.match(unwritable.err, /x\.tar\.gz: there is no such folder/)
      assert.ok(!existsSync(join(folder, 'x.tar.gz')))

      // Its host still leads to its log, though not to the place of the log: the usual folders are tried.
      await primary.stop('immediate')
      const down = await logs(context, folder, 'logs', 'db-1', '--out', 'x.tar.gz', '-c', config)
      assert.equal(down.code, 0, down.err)
      assert.ok([...(await unpacked(join(folder, 'x.tar.gz'))).keys()].some((name) => name.endsWith('log/server.log')))
    })
  })
})
