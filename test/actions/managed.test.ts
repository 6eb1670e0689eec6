// Every act is a manager's business or is known to be none: one that is new can not pass it by.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CheckCode, Draft } from '../../src/actions/action.ts'
import { withManager } from '../../src/actions/checks/no-manager.ts'
import { ACTIONS } from '../../src/actions/index.ts'
import { isManaged, MANAGED_ACTS } from '../../src/model/managers/acts.ts'
import { agentsAmong, managerOfFiles } from '../../src/model/managers/host-signs.ts'
import type { Danger } from '../../src/model/operation/plan.ts'

/** They change no role, no data directory and no setting. */
const FREE = ['backup', 'collect-logs', 'rename', 'cancel-query', 'terminate-session', 'checkpoint']

const check = (id: string): CheckCode => ({ id, mayOverride: false, run: () => null })
const draft = (danger: Danger, checks: readonly CheckCode[] = []): Draft => ({
  target: { id: 'db-1', name: 'db-1' },
  title: '',
  danger,
  impact: {} as Draft['impact'],
  steps: [],
  checks,
  input: {},
})

describe('acts and managers', () => {
  test('every act is in one list', () => {
    const names = ACTIONS.map(({ name }) => name)
    for (const name of names) assert.notEqual(isManaged(name), FREE.includes(name), name)
    for (const name of MANAGED_ACTS) assert.ok(names.includes(name), `${name} is an act`)
  })

  test('an act that does not ask itself is made to ask, once', () => {
    const ids = (action: string, about: Draft) => withManager(action, about).map(({ id }) => id)
    assert.deepEqual(ids('reload', draft('routine', [check('other')])), ['manager', 'other'])
    assert.deepEqual(ids('promote', draft('outage', [check('other'), check('manager')])), ['other', 'manager'])
    assert.deepEqual(ids('rename', draft('routine')), [])
  })
})

describe('signs on a host', () => {
  test('files of the data directory', () => {
    assert.deepEqual(managerOfFiles(['base', 'patroni.dynamic.json'])?.kind, 'patroni')
    assert.deepEqual(managerOfFiles(['postgresql-auto-failover.conf'])?.kind, 'pg_auto_failover')
    assert.equal(managerOfFiles(['base', 'postgresql.conf', 'postgresql.auto.conf']), null)
  })

  test('agents among the processes, and what only mentions one', () => {
    const titles = (...commands: readonly string[]) => agentsAmong(commands).map(({ title }) => title)
    assert.deepEqual(titles('/usr/bin/python3 /usr/bin/patroni /etc/patroni/15-main.yml'), ['Patroni'])
    assert.deepEqual(titles('/usr/lib/postgresql/15/bin/repmgrd -f /etc/repmgr.conf'), ['repmgrd'])
    assert.deepEqual(titles('/usr/bin/pg_autoctl run --pgdata /d', 'pg_autoctl: start/stop postgres'), ['pg_autoctl'])
    assert.deepEqual(titles('/usr/sbin/pacemakerd', '/usr/libexec/pacemaker/pacemaker-based'), ['Pacemaker'])
    assert.deepEqual(
      titles('/usr/bin/java -cp /usr/edb/efm-4.9/lib/EFM-4.9.jar com.x', 'pgpool: wait for connection request'),
      ['EDB Failover Manager', 'Pgpool-II'],
    )
    assert.deepEqual(titles('postgres: Patroni heartbeat', 'vim patroni.yml', 'pg_autoctl show state'), [])
  })
})
