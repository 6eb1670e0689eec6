// A standby that an archive feeds, on real servers: by its restore_command alone, and streaming again.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { until } from '../wait.ts'
import { watching } from './diagnosing.ts'
import { MAJORS, withCluster } from './embedded.ts'

const ENDS = [Math.min(...MAJORS), Math.max(...MAJORS)]

describe('a standby without primary_conninfo', { concurrency: 2 }, () => {
  for (const major of ENDS) {
    test(`restores from an archive and streams again on PostgreSQL ${major}`, () =>
      withCluster({ major, standbys: 1 }, async ({ primary, standbys: [standby], caughtUp }) => {
        assert.ok(standby)
        await caughtUp()
        const [row] = await standby.query<{ source: string }>(`select current_setting('primary_conninfo') as source`)
        await standby.setSetting('restore_command', `cp ${join(primary.dataDirectory, 'pg_wal')}/%f %p`)
        await standby.setSetting('primary_conninfo', '')
        const databases = [primary, standby].map((node) => {
          return { name: node.name, dsn: `${node.dsn('postgres', 'postgres')}?sslmode=disable` }
        })
        await watching({ databases }, async ({ store, poll }) => {
          const becomes = (status: string) =>
            until(`it is ${status}`, 20_000, async () => {
              await poll()
              const picture = store.latest().clusters[0]?.picture
              return picture?.databases.find(({ id }) => id === standby.name)?.status === status
            })
          await becomes('archive')
          const picture = store.latest().clusters[0]?.picture
          assert.deepEqual(
            picture?.links.map(({ upstreamId, downstreamId, state }) => [upstreamId, downstreamId, state]),
            [[primary.name, standby.name, 'archive']],
          )
          assert.ok(!picture?.alerts.some(({ rule }) => rule === 'replica-disconnected'))
          await standby.setSetting('primary_conninfo', row?.source ?? '')
          await becomes('streaming')
        })
      }))
  }
})
