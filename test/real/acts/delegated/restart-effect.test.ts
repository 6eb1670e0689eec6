// Whether a server was started since a manager was asked for that, on a real one.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ActionToolbox } from '../../../../src/actions/definition/action.ts'
import { effectSeen, NO_EFFECT } from '../../../../src/actions/delegated/effects.ts'
import { withCluster } from '../../embedded.ts'

test('a server that did not answer before counts as restarted only if it is younger than the step', () =>
  withCluster({}, async ({ primary }) => {
    const tools = {
      refresh: async () => ({ picture: { databases: [{ id: 'db1', name: 'db1', problem: null }] } }),
      sql: (_: string, { text, values }: { text: string; values: readonly unknown[] }) =>
        primary.query(text, [...values]),
    } as unknown as ActionToolbox
    const seen = async (before: string | null, seconds: number) =>
      (await effectSeen({ ...NO_EFFECT, kind: 'restarted', before }, 'db1', tools, { isLate: false, seconds })).result
    assert.equal(await seen(null, 0), 'not-yet', 'it came back by itself before the manager was asked')
    assert.equal(await seen(null, 86_400), 'yes')
    assert.equal(await seen('2000-01-01 00:00:00Z', 0), 'yes')
    assert.equal(await seen('2100-01-01 00:00:00Z', 86_400), 'not-yet')
  }))
