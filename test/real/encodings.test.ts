// Databases of other encodings than UTF-8: names of roles and databases there are bytes of any other one.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client } from 'pg'
import type { OnDemandQuery } from '../../src/model/measured/on-demand.ts'
import { ON_DEMAND_PROBES, pulseProbe } from '../../src/probes/database/index.ts'
import { patiently } from '../wait.ts'
import { MAJORS, withCluster } from './embedded.ts'
import { linkTo, NEVER } from './links.ts'

const ENCODINGS = ['LATIN1', 'KOI8R', 'EUC_JP', 'WIN1252', 'SQL_ASCII', 'UTF8'] as const

for (const major of new Set([MAJORS[0] ?? 14, MAJORS.at(-1) ?? 18]))
  test(`on ${major} everything is read in databases of other encodings, whatever names others have`, () =>
    withCluster({ major, hba: 'local all all trust\nhost all all all trust' }, async ({ primary }) => {
      await primary.query('CREATE ROLE "größe は" LOGIN SUPERUSER')
      await primary.query('CREATE DATABASE "datenbänk は"')
      await primary.query('ALTER DATABASE "datenbänk は" SET default_transaction_read_only = on')
      for (const encoding of ENCODINGS)
        await primary.query(
          `CREATE DATABASE in_${encoding} TEMPLATE template0 ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C'`,
        )
      const holder = new Client({
        host: primary.socketDirectory,
        port: primary.port,
        user: 'größe は',
        database: 'datenbänk は',
      })
      await holder.connect()
      try {
        await holder.query(`BEGIN READ WRITE; CREATE TABLE "täble は" (x text); SELECT 'größe は'`)
        for (const encoding of ENCODINGS) {
          const link = linkTo(primary.dsn('pgdeck', `in_${encoding.toLowerCase()}`), { timeoutMs: patiently(5_000) })
          const pulse = await pulseProbe.read({ session: link }, NEVER)
          assert.equal(pulse.readOnlyDatabases?.length, 1, encoding)
          // A role's name goes back to the server there.
          const looks = (Object.keys(ON_DEMAND_PROBES) as OnDemandQuery[]).filter((id) => id !== 'hba')
          for (const id of looks)
            await assert.doesNotReject(
              async () => ON_DEMAND_PROBES[id].read({ session: link }, NEVER),
              `${encoding} ${id}`,
            )
          await link.close()
        }
      } finally {
        await holder.end()
      }
    }))
