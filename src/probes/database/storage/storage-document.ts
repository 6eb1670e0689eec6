// The document of the storage statement, checked and made facts.

import * as z from 'zod'
import type { StorageFacts } from '../../../model/measured/on-demand.ts'
import { parseLsn } from '../../../model/values/lsn.ts'
import { cleanText } from '../answers/json-answer.ts'
import { missingGrants } from '../answers/visibility-sql.ts'

const number = z.number()

const archiver = z.object({
  mode: cleanText,
  archivedCount: number,
  failedCount: number,
  lastArchivedWal: cleanText.nullable(),
  lastArchivedAt: number.nullable(),
  lastFailedWal: cleanText.nullable(),
  lastFailedAt: number.nullable(),
})

const checkpoints = z.object({
  timed: number,
  requested: number,
  writeMs: number,
  syncMs: number,
  lastAt: number.nullable(),
  redoLsn: z.string().transform(parseLsn).nullable(),
  bytesSince: number.nullable(),
  timeoutSeconds: number,
})

const backup = z.object({
  pid: number,
  application: cleanText.nullable().transform((name) => name ?? ''),
  client: cleanText.nullable(),
  phase: cleanText.nullable(),
  totalBytes: number.nullable(),
  sentBytes: number.nullable(),
  seconds: number.nullable(),
})

const vacuum = z.object({
  pid: number,
  database: cleanText,
  relation: cleanText.nullable(),
  phase: cleanText.nullable(),
  blocksTotal: number.nullable(),
  blocksScanned: number.nullable(),
  isAutovacuum: z.boolean().nullable(),
  seconds: number.nullable(),
})

export const storageDocument = z
  .object({
    walDirectory: z.object({ bytes: number, files: number }).nullable(),
    walSegmentBytes: number,
    maxWalBytes: number,
    archiveReady: number.nullable(),
    archiver: archiver.nullable(),
    checkpoints,
    databases: z.array(z.object({ name: cleanText, bytes: number.nullable(), transactionAge: number })),
    freezeMaxAge: number,
    backups: z.array(backup),
    vacuums: z.array(vacuum),
    missing: missingGrants,
  })
  .transform(({ walDirectory, ...facts }) => ({
    walDirectoryBytes: walDirectory?.bytes ?? null,
    walFiles: walDirectory?.files ?? null,
    ...facts,
  })) satisfies z.ZodType<StorageFacts>
