// Every act is a manager's business or is known to be none: one that is new can not pass it by.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { withManagerCheck } from '../../../src/actions/checks/no-manager.ts'
import type { Draft, PreflightCheck } from '../../../src/actions/definition/action.ts'
import { managerAgentsAmong, managerFromFiles } from '../../../src/model/managers/detection/host-signs.ts'
import { isManagedAction, MANAGED_ACTIONS } from '../../../src/model/managers/managed-actions.ts'
import type { Danger } from '../../../src/model/measured/spec.ts'
import { ACTIONS } from '../../../src/profiles/actions.ts'

/** They change no role, no data directory and no setting. */
const FREE = ['backup', 'collect-logs', 'rename', 'cancel-query', 'terminate-session', 'checkpoint']

/** Only the manager itself carries them out. */
const OF_THE_MANAGER = ['pause-manager', 'resume-manager', 'cancel-switchover']

const check = (id: string): PreflightCheck => ({ id, mayOverride: false, run: () => null })
const draft = (danger: Danger, checks: readonly PreflightCheck[] = []): Draft => ({
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
    const others = [...FREE, ...OF_THE_MANAGER]
    for (const name of names) assert.notEqual(isManagedAction(name), others.includes(name), name)
    for (const name of MANAGED_ACTIONS) assert.ok(names.includes(name), `${name} is an act`)
  })

  test('an act that does not ask itself is made to ask, once', () => {
    const ids = (action: string, about: Draft) => withManagerCheck(action, about).map(({ id }) => id)
    assert.deepEqual(ids('reload', draft('routine', [check('other')])), ['manager', 'other'])
    assert.deepEqual(ids('promote', draft('outage', [check('other'), check('manager')])), ['other', 'manager'])
    assert.deepEqual(ids('rename', draft('routine')), [])
  })
})

describe('signs on a host', () => {
  test('files of the data directory', () => {
    assert.deepEqual(managerFromFiles(['base', 'patroni.dynamic.json'])?.kind, 'patroni')
    assert.deepEqual(managerFromFiles(['postgresql-auto-failover.conf'])?.kind, 'pg_auto_failover')
    assert.equal(managerFromFiles(['base', 'postgresql.conf', 'postgresql.auto.conf']), null)
  })

  test('agents among the processes: those of this data directory, and those that leave nothing elsewhere', () => {
    const found = (...commands: readonly string[]) =>
      managerAgentsAmong(commands, '/pg/data').map(({ title, isOurs }) => `${title} ${isOurs}`)
    assert.deepEqual(found('/usr/bin/pg_autoctl run --pgdata /pg/data/', 'pg_autoctl: start/stop postgres'), [
      'pg_auto_failover true',
    ])
    assert.deepEqual(found('stolon-keeper --data-dir=/pg --uid k1'), ['Stolon true'])
    assert.deepEqual(found('/usr/bin/pg_autoctl run --pgdata /pg/other', 'stolon-keeper --data-dir=/p'), [])
    assert.deepEqual(found('/usr/sbin/pacemakerd', '/usr/libexec/pacemaker/pacemaker-based'), ['Pacemaker false'])
    assert.deepEqual(found('/usr/bin/java -cp /usr/edb/efm-4.9/lib/EFM-4.9.jar com.x'), ['EDB Failover Manager false'])
    // Whose these are their arguments don't tell, and their databases show them.
    assert.deepEqual(found('/usr/bin/python3 /usr/bin/patroni /etc/x.yml', 'repmgrd -f /etc/repmgr.conf'), [])
    assert.deepEqual(found('vim /pg/data/pg_autoctl', 'man pacemaker.conf', 'postgres -D /pg/data'), [])
  })
})
