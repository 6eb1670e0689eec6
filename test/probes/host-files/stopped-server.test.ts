// The files of a server that is down, odd and broken ones: what they say is read as the server reads it, and nothing hangs.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openHostConnection } from '../../../src/io/hosts/host-connection.ts'
import { startFileFindings } from '../../../src/model/diagnosis/start/start-files.ts'
import { readServerFiles } from '../../../src/probes/host-files/stopped-server.ts'
import { within } from '../../wait.ts'

const HERE = { id: 'here', address: null, access: { kind: 'local' } } as const

/** A data directory as far as it is looked at, and what is found in it. */
function dataDirectory(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-data-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const write = (name: string, text: string | Uint8Array) => writeFileSync(join(folder, name), text)
  for (const name of ['global', 'pg_wal', 'conf.d']) mkdirSync(join(folder, name))
  write('PG_VERSION', '18\n')
  write('global/pg_control', new Uint8Array(8192))
  write('pg_hba.conf', 'local all all trust\n')
  write('postgresql.conf', "include_dir 'conf.d'\n")
  const read = async () => {
    const host = openHostConnection(HERE)
    try {
      const files = await readServerFiles(host, folder, within(20_000))
      return { files, texts: files ? startFileFindings(files).map(({ text }) => text) : [] }
    } finally {
      await host.close()
    }
  }
  return { folder, write, read }
}

test('nothing is wrong with bytes of Latin-1, and with folders and other names in a folder of configuration', async (context) => {
  const { folder, write, read } = dataDirectory(context)
  write('conf.d/10.conf', Buffer.from("# Gr\xfc\xdfe\ncluster_name = 'B\xe4r'\n", 'latin1'))
  write('pg_hba.conf', Buffer.from('# \xe9\nlocal all all trust\n', 'latin1'))
  mkdirSync(join(folder, 'conf.d/20.conf'))
  write('conf.d/.30.conf', 'broken\n')
  write('conf.d/40.conf.rpmsave', 'broken\n')
  const { files, texts } = await read()
  assert.deepEqual(texts, [])
  assert.equal(files?.conf?.settings.length, 1)
})

test('what the server would refuse is found behind a byte order mark, a zero byte and UTF-16', async (context) => {
  const { write, read } = dataDirectory(context)
  write('conf.d/10.conf', '\ufeff# x\n')
  assert.match((await read()).texts[0] ?? '', /10\.conf:1: syntax error/)
  write('conf.d/10.conf', 'work_mem = 4MB\0\n')
  assert.match((await read()).texts[0] ?? '', /10\.conf:1: syntax error/)
  write('conf.d/10.conf', Buffer.from('\ufeffwork_mem = 4MB\n', 'utf16le'))
  assert.match((await read()).texts[0] ?? '', /10\.conf:1: syntax error/)
  write('conf.d/10.conf', 'work_mem = 4MB\r\n# \0 x\n')
  assert.deepEqual((await read()).texts, [])
})

test('pipes, devices and endless files in the place of files make it unknown, and hang nothing', async (context) => {
  const { folder, write, read } = dataDirectory(context)
  execFileSync('mkfifo', [join(folder, 'conf.d/10.conf')])
  assert.equal((await read()).files?.conf, null)
  rmSync(join(folder, 'conf.d/10.conf'))
  symlinkSync('/dev/zero', join(folder, 'conf.d/10.conf'))
  assert.equal((await read()).files?.conf, null)
  rmSync(join(folder, 'conf.d/10.conf'))
  write('pg_hba.conf', 'host @many all all trust\n')
  symlinkSync('/dev/zero', join(folder, 'many'))
  const { files } = await read()
  assert.deepEqual([files?.conf?.problems, files?.hba], [[], null])
})

test('files of secrets that are included are not told', async (context) => {
  const { folder, write, read } = dataDirectory(context)
  write('shadow', 'root:hush8:1::\npassword = hush8 x\nhost all hush8 hush8\n')
  write('postgresql.conf', "include 'shadow'\n")
  write('pg_hba.conf', `include ${join(folder, 'shadow')}\n`)
  const { texts } = await read()
  assert.ok(texts.length > 1)
  assert.doesNotMatch(texts.join('\n'), /hush8/)
})
