// The lines of a rebuild by hand reach sh as they are meant, whatever a path contains.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ActionToolbox } from '../../../src/actions/definition/action.ts'
import { type Rebuild, rebuildSteps } from '../../../src/actions/rebuild-replica/planned-steps.ts'
import { NO_TABLESPACES } from '../../../src/actions/tablespaces/plan-tablespaces.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { aCluster, aPrimary, aStandby, NOW } from '../../builders/snapshot.ts'

const RUN = '20261130T120000Z-rebuild-replica-db-1-0001'

test('a data directory with a blank is one word in each line', async () => {
  const snapshot = aCluster({ databases: [aPrimary({}, { id: 'a' }), aStandby({}, { id: 'b' })] })
  const [upstream, view] = derivePicture(snapshot, null, NOW).databases
  assert.ok(upstream && view)
  const rebuild: Rebuild = {
    view,
    upstream,
    service: {
      host: null,
      control: 'manual',
      stop: null,
      start: null,
      dataDirectory: '/srv/my data',
      binDirectory: '/opt/pg 17/bin',
      asOwner: [],
    },
    copyMethod: { method: 'manual', why: 'no access' },
    slot: 'b',
    slotExists: false,
    bytes: null,
    tablespaces: { kind: 'known', tablespaces: NO_TABLESPACES },
    keepOld: false,
    role: null,
  }
  const tools = {
    run: RUN,
    config: { databases: [], hosts: [] },
    view: () => ({ snapshot }),
    sql: () => Promise.resolve([]),
  }
  const steps = await rebuildSteps(rebuild, tools as unknown as ActionToolbox)
  const lines = (steps.at(-1)?.detail ?? '').split('\n')
  const old = `/srv/my data.pgdeck-${RUN}.old`
  assert.ok(lines.includes(`rm -rf '${old}'  # once it streams`), lines.join('\n'))
  assert.ok(lines.includes(`mv '/srv/my data' '${old}'`))
  assert.match(lines.join('\n'), /^'\/opt\/pg 17\/bin\/pg_basebackup' .* -D '\/srv\/my data' -R /m)
  assert.match(lines.join('\n'), /^cp -p '[^']*\.old'\/\*\.conf '\/srv\/my data\/' {2}#/m)
})
