// Logs of a host over a real sshd: found in folders and by name, the end of a long one, a folder that may not be read.

import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadConfig } from '../../src/config/load.ts'
import { openHostConnection } from '../../src/io/hosts/host-connection.ts'
import { openSshConnection } from '../../src/io/ssh/ssh.ts'
import { locateLogs } from '../../src/runtime/log-collection/locate-logs.ts'
import { redactedContent } from '../../src/runtime/log-collection/log-file.ts'
import { startSshd, withoutSshd } from '../fakes/sshd.ts'
import { within } from '../wait.ts'

test('logs over ssh', { skip: withoutSshd }, async (context) => {
  const sshd = await startSshd(context)
  const folder = mkdtempSync('/tmp/pgdeck-test-')
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  chmodSync(folder, 0o755)
  mkdirSync(join(folder, 'logs'))
  writeFileSync(join(folder, "logs/it's one.log"), `${'a line\n'.repeat(1_000)}token=abcdefgh\n`)
  writeFileSync(join(folder, 'app.log.1'), 'rotated\n')
  writeFileSync(join(folder, 'app.log'), 'now\n')
  mkdirSync(join(folder, 'closed'), { mode: 0o700 })
  const config = {
    clusters: [
      {
        name: 'main',
        hosts: [{ name: 'h1', ssh: 'box', logs: ['logs', 'app.log', 'closed'].map((name) => join(folder, name)) }],
        databases: [{ name: 'db-1', dsn: 'postgresql://pgdeck@127.0.0.1:1/postgres', host: 'h1' }],
      },
    ],
  }
  const path = join(folder, 'c.json')
  writeFileSync(path, JSON.stringify(config))
  const [cluster] = loadConfig({ path, env: {}, cwd: folder }).clusters
  const [host] = cluster?.hosts ?? []
  assert.ok(cluster && host)
  const ssh = openSshConnection({ destination: 'box', configFile: sshd.configFile })
  const connection = openHostConnection(host, { ssh })
  const signal = within(20_000)
  try {
    const sources = { cluster, isDatabase: false, host: { config: host, connection }, database: null }
    const { files, missing } = await locateLogs(sources, signal)
    const names = files.map((file) => file.path.slice(folder.length + 1)).sort()
    assert.deepEqual(names, ['app.log', 'app.log.1', "logs/it's one.log"])
    assert.match(JSON.stringify(missing), /closed.*(?:is not accessible|no file was found)/)
    const long = files.find(({ path: of }) => of.endsWith('one.log'))
    assert.ok(long)
    let content = ''
    for await (const part of redactedContent(long, 100, signal)) content += Buffer.from(part).toString()
    assert.match(content, /^(?:a line\n)+token=\[redacted\]\n$/)
    assert.ok(content.length < 110)
  } finally {
    await connection.close()
    await ssh.close()
  }
})
