// Looking at things on a host, here and over a real ssh: ports that are open, refused and silent, who listens.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import type { HostConfig } from '../../../src/config/config.ts'
import { freePort } from '../../../src/io/network/free-port.ts'
import { openSshConnection } from '../../../src/io/ssh/ssh.ts'
import { checkPortFromHost, listeningOnHost } from '../../../src/probes/diagnosis/on-host.ts'
import { upstreamAddress } from '../../../src/probes/diagnosis/standby.ts'
import type { AccessibleHost } from '../../../src/probes/probe.ts'
import { startSshd, withoutSshd } from '../../fakes/sshd.ts'
import { serveTcp } from '../../fakes/web.ts'
import { within } from '../../wait.ts'

const soon = () => within(15_000)

const HOST = {
  id: 'h1',
  address: null,
  dataDirectory: null,
  binDirectory: null,
  start: null,
  stop: null,
  platform: 'linux',
  installDirectory: null,
  logs: [],
} as const

const here: AccessibleHost = { config: { ...HOST, access: { kind: 'local' } } as HostConfig, ssh: null }

async function overSsh(context: TestContext): Promise<AccessibleHost> {
  const { destination, configFile } = await startSshd(context)
  const ssh = openSshConnection({ destination, configFile })
  context.after(() => ssh.close())
  return { config: { ...HOST, access: { kind: 'ssh', destination } } as HostConfig, ssh }
}

async function ports(context: TestContext, access: AccessibleHost): Promise<void> {
  const port = await serveTcp(context, () => {})
  const closed = await freePort()
  assert.equal(await checkPortFromHost(access, { host: '127.0.0.1', port }, soon()), null)
  assert.equal((await checkPortFromHost(access, { host: '127.0.0.1', port: closed }, soon()))?.code, 'refused')
  assert.equal((await checkPortFromHost(access, { host: 'nowhere.invalid', port }, soon()))?.code, 'dns')
  assert.deepEqual(await listeningOnHost(access, port, soon()), ['127.0.0.1'])
  assert.deepEqual(await listeningOnHost(access, closed, soon()), [])
}

describe('a port', () => {
  test('as this host finds it', (context) => ports(context, here))
  test('as a host over ssh finds it', { skip: withoutSshd }, async (context) => ports(context, await overSsh(context)))
  test('nothing of a hostile name is run', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pgdeck-there-'))
    try {
      const trap = join(folder, 'trap')
      const fault = await checkPortFromHost(here, { host: `x'; touch ${trap}; '$(touch ${trap})`, port: 1 }, soon())
      assert.ok(fault)
      assert.throws(() => utimesSync(trap, 1, 1), /ENOENT/)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

test('where a standby connects to, from both notations of a connection string', () => {
  const found = { host: '10.0.0.11', port: 2345, user: 'ro user' }
  assert.deepEqual(upstreamAddress("user='ro user' host=10.0.0.11,10.0.0.12 port=2345,2346 sslmode=prefer"), found)
  assert.deepEqual(upstreamAddress('postgresql://ro%20user@10.0.0.11:2345/replication?sslmode=prefer'), found)
  assert.deepEqual(upstreamAddress('hostaddr=10.0.0.11'), { host: '10.0.0.11', port: null, user: null })
  assert.deepEqual(upstreamAddress("user='it\\'s me'").user, "it's me")
})
