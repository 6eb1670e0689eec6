// What is read of the statistics of HAProxy, by the recorded answers of a real one.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import type { HaproxyStats } from '../../../src/io/entry-points/haproxy-stats.ts'
import { FaultError } from '../../../src/model/values/fault.ts'
import { proxyProbe } from '../../../src/probes/entry-points/index.ts'

const recorded = JSON.parse(readFileSync(new URL('../../recorded/haproxy.json', import.meta.url), 'utf8')) as {
  readonly stats: string
  readonly servers: string
}
const NEVER = new AbortController().signal

function read(backend: string, answer: Awaited<ReturnType<HaproxyStats['read']>>) {
  return proxyProbe.read({ stats: { read: async () => answer }, backend }, NEVER)
}

describe('a backend of HAProxy', () => {
  test('has its servers with state, address and last check', async () => {
    const { servers, queued } = await read('primary', recorded)
    assert.equal(queued, 0)
    assert.deepEqual(
      servers.map(({ name, state, status, address }) => [name, state, status, address?.port]),
      [
        ['n1', 'maintenance', 'MAINT', 26101],
        ['n2', 'up', 'no check', 26102],
        ['n3', 'down', 'DOWN', 26103],
      ],
    )
    assert.match(servers[2]?.check ?? '', /L7STS Layer7 wrong status/)
    assert.ok(servers.every(({ sinceSeconds }) => sinceSeconds !== null))
  })

  test('has no addresses where HAProxy does not tell them', async () => {
    const { servers } = await read('replicas', { stats: recorded.stats, servers: null })
    assert.deepEqual(
      servers.map(({ name, state, address }) => [name, state, address]),
      [
        ['db-1', 'down', null],
        ['db-2', 'up', null],
        ['db-3', 'up', null],
      ],
    )
  })

  test('takes line breaks in quoted texts for no end of a line', async () => {
    const stats = '# pxname,svname,type,status,last_chk\r\nb,n1,2,DOWN,"one\ntwo, ""three"""\r\nb,n2,2,UP,\r\n'
    const { servers } = await read('b', { stats, servers: null })
    assert.deepEqual(
      servers.map(({ name, state, check }) => [name, state, check]),
      [
        ['n1', 'down', 'one two, "three"'],
        ['n2', 'up', null],
      ],
    )
  })

  test('takes columns by name, quoted texts whole, and the addresses that operators see', async () => {
    const stats = [
      '# type,svname,addr,last_chk,pxname,status,bck,scur,lastchg,check_status,',
      '2,a,[2001:db8::1]:5432,"wrong, ""very""",b,UP 1/3,1,7,12,L7OK,',
      '2,c,,,b,DRAIN (agent),0,3,,,',
      '1,BACKEND,,,b,UP,1,10,12,,',
      '',
    ].join('\n')
    const { servers } = await read('b', { stats, servers: null })
    const [first, second] = servers
    assert.deepEqual(first?.address, { host: '2001:db8::1', port: 5432 })
    assert.equal(first.check, 'L7OK wrong, "very"')
    assert.deepEqual([first.isBackup, first.sessions, first.sinceSeconds, first.state], [true, 7, 12, 'up'])
    assert.deepEqual([second?.state, second?.sinceSeconds, second?.check], ['draining', null, null])
  })

  test('that it does not have is a fault that says so', async () => {
    await assert.rejects(
      read('write', recorded),
      (error) => error instanceof FaultError && /HAProxy has no backend write/.test(error.fault.message),
    )
  })
})
