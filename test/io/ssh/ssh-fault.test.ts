// What ssh says, and which fault it stands for: the messages that are slow or rare in reality.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forwardFault, sshFault } from '../../../src/io/ssh/ssh-fault.ts'
import type { FaultCode } from '../../../src/model/values/fault.ts'

const fault = (said: string, exitCode: number | null = 255, noise = '') =>
  sshFault('ops@db-1', { said, exitCode, noise, startError: null })

const SAYINGS: readonly [said: string, code: FaultCode, message: RegExp][] = [
  ['ssh: connect to host db-1 port 22: Connection timed out', 'timeout', /db-1 port 22: Connection timed out/],
  ['ssh: connect to host db-1 port 22: Operation timed out', 'timeout', /Operation timed out/],
  [
    'Connection timed out during banner exchange\nConnection to 10.0.0.1 port 22 timed out',
    'timeout',
    /banner exchange/,
  ],
  ['Timeout, server db-1 not responding.', 'timeout', /not responding/],
  ['ssh: connect to host db-1 port 22: No route to host', 'unreachable', /No route/],
  ['ssh: connect to host fe80::1 port 22: Network is unreachable', 'unreachable', /Network is unreachable/],
  ['kex_exchange_identification: Connection closed by remote host', 'unreachable', /kex_exchange/],
  ['client_loop: send disconnect: Broken pipe', 'unreachable', /client_loop/],
  ['Connection to db-1 closed by remote host.', 'unreachable', /closed by remote host/],
  [
    'Unable to negotiate with 10.0.0.1 port 22: no matching host key type found. Their offer: ssh-rsa',
    'protocol',
    /their offer/i,
  ],
  ['Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures', 'auth', /Too many authentication/],
  ['Bad owner or permissions on /home/ops/.ssh/config', 'protocol', /Bad owner/],
  [
    'channel 0: open failed: administratively prohibited: open failed\nstdio forwarding failed',
    'unreachable',
    /prohibited/,
  ],
  [
    'ssh: connect to host jump port 22: Connection refused\nConnection closed by UNKNOWN port 65535',
    'refused',
    /host jump/,
  ],
  ['something new', 'unreachable', /something new/],
]
for (const [said, code, message] of SAYINGS) {
  test(`ssh says: ${said.split('\n')[0]}`, () => {
    // Debug lines tell of attempts before, and must not decide.
    const found = fault(`debug1: connect to address ::1 port 22: Connection refused\r\n${said}\r\n`)
    assert.equal(found.code, code)
    assert.match(found.message, message)
    assert.match(found.message, /ops@db-1/)
    assert.ok(found.hint)
  })
}

test('a key file that others may read is the reason, not the denial that follows', () => {
  const found = fault(
    "Permissions 0644 for '/home/ops/.ssh/id' are too open.\nops@db-1: Permission denied (publickey).",
  )
  assert.equal(found.code, 'auth')
  assert.match(found.hint ?? '', /0644 for '\/home\/ops\/\.ssh\/id' are too open/)
})

test('with jumps, the host key that was offered last is the one that was not accepted', () => {
  const said = [
    'debug1: Server host key: ssh-ed25519 SHA256:first',
    'debug1: Server host key: ecdsa-sha2-nistp256 SHA256:second',
    'No ECDSA host key is known for db-1 and you have requested strict checking.',
    'Host key verification failed.',
  ]
  assert.match(fault(said.join('\r\n')).message, /host key of db-1 is unknown here: ECDSA SHA256:second/)
  assert.match(fault(said.join('\r\n')).hint ?? '', /ssh_host_ecdsa_key\.pub/)
})

test('a shell that is missing is told with the words of the other side, made harmless', () => {
  const found = fault('sh: \u001b[31mcommand not found\u202e', 127)
  assert.equal(found.code, 'protocol')
  assert.match(found.message, /sh ended with 127 \(sh: command not found\)/)
  assert.match(fault('', 1, 'This account is currently not available.\n').message, /not available/)
})

test('a forwarding says which side could not reach the database', () => {
  const told = (said: string) => forwardFault('box', 'db:5432', said)
  assert.equal(told('debug1: all is well'), null)
  assert.equal(told('channel 3: open failed: connect failed: Connection refused')?.code, 'refused')
  assert.match(
    told('channel 3: open failed: administratively prohibited: open failed')?.hint ?? '',
    /AllowTcpForwarding/,
  )
  assert.match(
    told('channel 3: open failed: connect failed: Name or service not known')?.message ?? '',
    /box can’t reach db:5432: .*not known/,
  )
})
