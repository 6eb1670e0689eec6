// A service that ends right after its first answer was not started: the step says so, not a later one.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Acting } from '../../../fakes/acting.ts'
import { until } from '../../../wait.ts'
import { actingOnSite, caughtUp, handsOn, type ProfileSite, told, withProfile } from './site.ts'

/** Kills the database as soon as pgdeck has seen that it and its server answer. */
async function killWhenSeen(site: ProfileSite, { store }: Acting): Promise<void> {
  await until('pgdeck has seen the service', 60_000, () => {
    const picture = store.latest().clusters[0]?.picture
    const database = picture?.databases.find(({ id }) => id === 'db-ro')
    const server = picture?.servers.find(({ id }) => id === 'pmp-ro')
    return database?.problem === null && database.pulse?.position.kind === 'primary' && server?.portOpen === true
  })
  const folder = site.cluster.hosts.find(({ name }) => name === 'pmp-ro')?.dataDirectory
  const data = folder ?? join(site.folder('pmp-ro'), 'pgsql/data')
  const [pid] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
  process.kill(Number(pid), 'SIGKILL')
}

test('a database that dies right after the start of the service is no start', () =>
  withProfile({}, async (site) => {
    await caughtUp(site)
    let killed: Promise<void> = Promise.resolve()
    const acting: Acting = await actingOnSite(site, {
      executor: {
        openJournal: handsOn({
          'start-service': () => {
            killed = killWhenSeen(site, acting)
          },
        }),
      },
    })
    try {
      await site.losePrimary()
      const run = await acting.act('promote', 'pmp-ro')
      await killed
      const start = run.steps.find(({ id }) => id === 'start-service')
      assert.match(start?.state ?? '', /^(?:failed|unknown)$/, told(run))
      assert.match(`${start?.note} ${run.why}`, /a moment later db-ro did not answer|not seen within/)
    } finally {
      await acting.close()
    }
  }))
