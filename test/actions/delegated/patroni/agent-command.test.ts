// Which configured commands end or start Patroni: its program, or a service with its name.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOfPatroni } from '../../../../src/actions/delegated/patroni/agent-command.ts'

test('its program and its services, also by sudo', () => {
  for (const command of [
    'systemctl stop patroni',
    'sudo systemctl start patroni@main.service',
    '/usr/bin/sudo -n /usr/bin/systemctl --no-block stop patroni-17',
    'service patroni stop',
    '/etc/init.d/patroni stop',
    'sudo -u postgres /opt/patroni/bin/patroni /etc/patroni.yml',
  ])
    assert.equal(isOfPatroni(command.split(' ')), true, command)
})

test('not a host, a folder or a file with that name', () => {
  for (const command of [
    'systemctl stop postgresql@17-patroni',
    'pg_ctl stop -D /var/lib/patroni/data',
    '/opt/patroni/bin/pg_ctl start',
    'ssh patroni systemctl stop postgresql',
    'sudo -u patroni pg_ctl stop',
    'sudo',
  ])
    assert.equal(isOfPatroni(command.split(' ')), false, command)
  assert.equal(isOfPatroni(null), false)
})
