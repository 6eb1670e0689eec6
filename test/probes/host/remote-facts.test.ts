// The sample of a host: the script in real shells, and what is read from its output, also where parts are missing.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs'
import * as os from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import type { HostFacts } from '../../../src/model/measured/host.ts'
import { hostScript } from '../../../src/probes/host/host-script.ts'
import type { HostPaths } from '../../../src/probes/host/measured-paths.ts'
import { parseHostFacts } from '../../../src/probes/host/remote-facts.ts'
import { patiently } from '../../wait.ts'

const MARK = '0123456789abcdef'
const NOTHING: HostPaths = { dataDirectory: null, binDirectory: null, logs: [], unit: null }

function read(output: string, subject: HostPaths, at = Date.now()): HostFacts {
  const sample = { output, mark: MARK, sentAt: at - 10, heardAt: at + 10, roundTripMs: 20 }
  return parseHostFacts(sample, { subject, account: 'ops', id: 'h1' })
}

function folderFor(context: TestContext): string {
  const folder = mkdtempSync(join(os.tmpdir(), 'pgdeck-host-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function here(subject: HostPaths, shell: readonly string[] = ['sh'], env: Record<string, string> = {}): HostFacts {
  const [program = 'sh', ...args] = shell
  const ran = spawnSync(program, [...args, '-c', hostScript(subject, MARK)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', ...env },
  })
  return read(ran.stdout, subject)
}

function known<T>(
  finding: { readonly state: 'known'; readonly value: T } | { readonly state: 'unknown'; readonly why: string },
): T {
  if (finding.state === 'unknown') assert.fail(finding.why)
  return finding.value
}

const shells: readonly (readonly string[])[] = [['dash'], ['busybox', 'sh'], ['bash', '--posix']]
for (const shell of shells) {
  const missing = spawnSync(shell[0] ?? '', ['-c', ':']).error !== undefined && `${shell[0]} is not installed`
  const skip = missing || (process.platform !== 'linux' && 'there is no /proc here')
  test(`a sample in ${shell.join(' ')} tells of this host what the system tells itself`, { skip }, (context) => {
    const folder = folderFor(context)
    mkdirSync(join(folder, 'data'))
    mkdirSync(join(folder, 'elsewhere'))
    symlinkSync('../elsewhere', join(folder, 'data', 'pg_wal'))
    const facts = here(
      { ...NOTHING, dataDirectory: join(folder, 'data'), logs: [join(folder, 'none')], unit: 'x' },
      shell,
    )
    assert.equal(facts.hostname, os.hostname())
    assert.equal(facts.system, `${os.type()} ${os.release()}`)
    assert.equal(facts.cpus, os.cpus().length)
    assert.equal(facts.memory?.totalBytes, os.totalmem())
    assert.ok(Math.abs((facts.uptimeSeconds ?? 0) - os.uptime()) < 60)
    assert.ok((facts.load?.[0] ?? -1) >= 0)
    assert.ok(Math.abs(facts.clock?.offsetMs ?? 1e9) < 5000)
    assert.ok((facts.counters.cpu?.idle ?? 0) > 0)
    assert.ok(facts.counters.networks.every(({ name }) => name !== 'lo'))
    const [data, wal, log] = facts.fileSystems
    const own = statfsSync(folder)
    assert.equal(data && known(data.space).totalBytes, own.blocks * own.bsize)
    assert.equal(data && known(data.space).inodes?.total, own.files || undefined)
    assert.equal(wal?.realPath, join(folder, 'elsewhere'))
    assert.equal(wal && known(wal.space).mount, data && known(data.space).mount)
    assert.match(log?.space.state === 'unknown' ? log.space.why : '', /No such file/)
    assert.deepEqual(facts.postmaster, { state: 'known', value: { state: 'stopped' } })
  })
}

test('names from the config are never run, whatever they hold', (context) => {
  const folder = folderFor(context)
  const evil = `${folder}/$(touch ${folder}/a)\`touch ${folder}/b\`';touch ${folder}/c;'\n"${MARK} load`
  mkdirSync(evil, { recursive: true })
  const facts = here({ dataDirectory: evil, binDirectory: evil, logs: ['-rf', evil, '--help'], unit: evil })
  assert.deepEqual(
    ['a', 'b', 'c'].filter((name) => existsSync(join(folder, name))),
    [],
  )
  assert.equal(facts.fileSystems[0]?.space.state, 'known')
  assert.equal(facts.fileSystems[3]?.space.state, 'known')
  assert.deepEqual(
    facts.fileSystems.map(({ role }) => role),
    ['data', 'wal', 'log', 'log', 'log'],
  )
  assert.equal(facts.postmaster.state, 'known')
  assert.equal(facts.cpus === null, process.platform !== 'linux')
})

test('a file system that hangs takes its own figures with it only, within a second', {
  skip: !existsSync('/usr/bin/timeout') && 'timeout is not installed',
}, (context) => {
  const folder = folderFor(context)
  writeFileSync(join(folder, 'df'), '#!/bin/sh\nexec sleep 20\n', { mode: 0o755 })
  const began = performance.now()
  const facts = here({ ...NOTHING, dataDirectory: folder }, ['sh'], { PATH: `${folder}:${process.env.PATH}` })
  assert.ok(performance.now() - began < patiently(10_000))
  assert.ok(facts.memory)
  const [data] = facts.fileSystems
  assert.match(data?.space.state === 'unknown' ? data.space.why : '', /did not answer within 1 s/)
  assert.equal(facts.postmaster.state, 'unknown')
})

describe('postmaster.pid', () => {
  const pidFile = (folder: string, pid: number) =>
    writeFileSync(join(folder, 'postmaster.pid'), `${pid}\n${folder}\n1700000000\n5433\n/tmp\n\n\nready   \n`)

  test('that names a process of another program is what a crash left', (context) => {
    const folder = folderFor(context)
    pidFile(folder, process.pid)
    const facts = here({ ...NOTHING, dataDirectory: folder })
    assert.deepEqual(facts.postmaster, { state: 'known', value: { state: 'crashed', pid: process.pid } })
  })

  test('that names a server tells its port, since when it runs and its own word', () => {
    const lines = [
      'file',
      'comm postgres',
      '4711',
      '/data',
      '1700000000',
      '5433',
      '/tmp',
      'localhost',
      '  5432001  1',
      'standby ',
    ]
    const facts = read([`${MARK} postmaster`, ...lines].join('\n'), { ...NOTHING, dataDirectory: '/data' })
    assert.deepEqual(facts.postmaster, {
      state: 'known',
      value: { state: 'running', pid: 4711, port: 5433, startedAt: 1_700_000_000_000, status: 'standby' },
    })
  })

  test('in a folder that is closed to us: the list of processes tells, else how to be let in', {
    skip: process.getuid?.() === 0 && existsSync('/usr/bin/setpriv') ? false : 'only root can be someone else',
  }, (context) => {
    const folder = folderFor(context)
    pidFile(folder, process.pid)
    chmodSync(folder, 0o700)
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'sh']
    const facts = here({ ...NOTHING, dataDirectory: folder }, nobody)
    assert.equal(facts.postmaster.state, 'unknown')
    assert.match(facts.postmaster.state === 'unknown' ? (facts.postmaster.hint ?? '') : '', /usermod -aG postgres ops/)
    const [data, wal] = facts.fileSystems
    assert.equal(data?.space.state, 'known')
    assert.match(wal?.space.state === 'unknown' ? (wal.space.hint ?? '') : '', /g\+rX/)
    const seen = [`${MARK} postmaster`, 'seen 815'].join('\n')
    assert.deepEqual(known(read(seen, { ...NOTHING, dataDirectory: folder }).postmaster), {
      state: 'running',
      pid: 815,
      port: null,
      startedAt: null,
      status: null,
    })
  })
})

describe('a host without /proc', () => {
  const MACOS = `${MARK} clock
1700000100N
${MARK} proc
${MARK} devices
${MARK} other
mac.example
Darwin 25.0.0
10
14:02  up 3 days,  4:05, 2 users, load averages: 1.52 1.90 2.01
{ sec = 1700000000, usec = 123 } Tue Nov 14 22:13:20 2023
${MARK} paths
1 in /opt/data dir
2 in /opt/data dir/pg_wal
${MARK} blocks
Filesystem     1024-blocks      Used Available Capacity  Mounted on
/dev/disk3s5     971350180 400000000 550000000    43%    /System/Volumes/Data x
map auto_home            0         0         0   100%    /System/Volumes/Data/home
${MARK} inodes
Filesystem     512-blocks      Used Available Capacity iused      ifree %iused  Mounted on
/dev/disk3s5   1942700360 800000000 1100000000    43% 1000000 4000000000    0%   /System/Volumes/Data x
map auto_home           0         0          0   100%       0          0  100%   /System/Volumes/Data/home
${MARK} ended 0`

  test('tells less, and nothing wrong', () => {
    const facts = read(MACOS, { ...NOTHING, dataDirectory: '/opt/data dir' }, 1_700_000_100_500)
    assert.equal(facts.hostname, 'mac.example')
    assert.equal(facts.system, 'Darwin 25.0.0')
    assert.equal(facts.cpus, 10)
    assert.deepEqual(facts.load, [1.52, 1.9, 2.01])
    assert.equal(facts.memory, null)
    assert.equal(facts.uptimeSeconds, 100.5)
    assert.deepEqual(facts.clock, { offsetMs: 0, uncertaintyMs: 510 })
    assert.equal(facts.counters.cpu, null)
    const [data, home] = facts.fileSystems
    assert.deepEqual(data && known(data.space), {
      device: '/dev/disk3s5',
      mount: '/System/Volumes/Data x',
      totalBytes: 971350180 * 1024,
      usedBytes: 400000000 * 1024,
      availableBytes: 550000000 * 1024,
      inodes: { total: 4001000000, free: 4000000000 },
    })
    assert.equal(home && known(home.space).device, 'map auto_home')
    assert.equal(home && known(home.space).inodes, null)
  })

  test('an answer with nothing in it leaves everything unknown', () => {
    const facts = read('', { dataDirectory: '/d', binDirectory: '/b', logs: [], unit: 'x' })
    assert.equal(facts.hostname, null)
    assert.equal(facts.load, null)
    assert.equal(facts.clock, null)
    assert.deepEqual(
      [facts.service.state, facts.postmaster.state, facts.control.state, facts.fileSystems[0]?.space.state],
      ['unknown', 'unknown', 'unknown', 'unknown'],
    )
  })
})

describe('the service', () => {
  const service = (...lines: string[]) =>
    read([`${MARK} service`, ...lines].join('\n'), { ...NOTHING, unit: 'pg.service' }).service

  test('is told as systemd does', () => {
    assert.deepEqual(service('LoadState=loaded', 'ActiveState=failed', 'SubState=failed'), {
      state: 'known',
      value: { unit: 'pg.service', active: 'failed', sub: 'failed' },
    })
  })

  test('that is not there, or without systemd, is told as such', () => {
    const why = (finding: HostFacts['service']) => (finding.state === 'unknown' ? finding.why : 'known')
    assert.match(why(service('LoadState=not-found', 'ActiveState=inactive', 'SubState=dead')), /no unit pg\.service/)
    assert.match(why(service('none')), /systemd does not run/)
    assert.match(why(service('Failed to connect to bus: Host is down')), /Failed to connect to bus/)
    assert.match(why(read('', NOTHING).service), /the config names no service/)
  })
})

test('text that a host tells can’t reach the terminal as anything but text', () => {
  const facts = read(
    `${MARK} proc\nsys/kernel/hostname:\u001b[31mred\u202e\n${MARK} service\n\u001b]0;title\u0007oops`,
    { ...NOTHING, unit: 'x' },
  )
  assert.equal(facts.hostname, 'red')
  assert.equal(facts.service.state === 'unknown' && facts.service.why, 'oops')
})
