// The document of the storage statement, checked and made facts.

import { z } from 'zod'
import type { Storage } from '../../model/looks.ts'
import { parseLsn } from '../../model/lsn.ts'
import { text } from './session-row.ts'

const number = z.number()

export const storageDocument = z.object({
  walDirectoryBytes: number.nullable(),
  walFiles: number.nullable(),
  maxWalBytes: number,
  archiveReady: number.nullable(),
  archiver: z
    .object({
      mode: text,
      archivedCount: number,
      failedCount: number,
      lastArchivedWal: text.nullable(),
      lastArchivedAt: number.nullable(),
      lastFailedWal: text.nullable(),
      lastFailedAt: number.nullable(),
    })
    .nullable(),
  checkpoints: z.object({
    timed: number,
    requested: number,
    writeMs: number,
    syncMs: number,
    lastAt: number.nullable(),
    redoLsn: z.string().transform(parseLsn).nullable(),
    bytesSince: number.nullable(),
    timeoutSeconds: number,
  }),
  databases: z.array(z.object({ name: text, bytes: number.nullable(), transactionAge: number })),
  freezeMaxAge: number,
  backups: z.array(z.object({ pid: number, phase: text, totalBytes: number.nullable(), sentBytes: number })),
  vacuums: z.array(
    z.object({
      pid: number,
      database: text,
      relation: text,
      phase: text,
      blocksTotal: number,
      blocksScanned: number,
      isAutovacuum: z.boolean(),
      seconds: number.nullable(),
    }),
  ),
  missing: z.array(z.object({ what: text, grant: text })),
}) satisfies z.ZodType<Storage>
