// `create-slot` and `drop-slot`: replication slots of a database, and the WAL that they retain.

import type { SlotView } from '../model/picture/picture.ts'
import { noImpact, type PlannedStep } from '../model/runs/plan.ts'
import { formatBytes } from '../model/values/units.ts'
import {
  type Action,
  type ActionRequest,
  type Draft,
  PlanError,
  type PlanningView,
  type PreflightCheck,
} from './definition/action.ts'
import { databaseName, findDatabase, needsDatabase, requireTargetDatabase } from './definition/target.ts'
import { sqlCallKind } from './steps/sql-call.ts'

const NAME = /^[a-z0-9_]{1,63}$/

function slotStep(database: string, name: string, id: 'create' | 'drop', slot: string, call: string): PlannedStep {
  const wanted = id === 'create' ? 'pg_catalog.count(*) = 1' : 'pg_catalog.count(*) = 0'
  const guard = id === 'create' ? 'NOT EXISTS' : 'EXISTS'
  return sqlCallKind.plan({
    id: `${id}-slot`,
    call: {
      database,
      text: `SELECT ${call} WHERE ${guard} (SELECT FROM pg_catalog.pg_replication_slots WHERE slot_name = $1)`,
      values: [slot],
      verifySql: {
        text: `SELECT ${wanted} AS seen,
          CASE pg_catalog.count(*) WHEN 0 THEN 'there is no slot ' || $1 ELSE 'the slot ' || $1 || ' is there, from '
          || coalesce(pg_catalog.min(restart_lsn::pg_catalog.text), 'its first use on') END AS evidence
          FROM pg_catalog.pg_replication_slots WHERE slot_name = $1::pg_catalog.text`,
        values: [slot],
      },
    },
    title: id === 'create' ? `create the slot ${slot}` : `drop the slot ${slot}`,
    where: name,
    detail: `SELECT ${call.replace('$1', `'${slot}'`)};`,
    verify: id === 'create' ? 'it is in pg_replication_slots' : 'it is no longer in pg_replication_slots',
    ifStopped: 'Nothing is left half done.',
    deadlineSeconds: 10,
  })
}

const SLOT_FIELD = { name: 'slot', explains: 'name of the slot', kind: 'text', required: true } as const

export const createSlotAction: Action = {
  name: 'create-slot',
  title: 'create a replication slot',
  explains: 'A physical slot retains WAL for a standby while it is disconnected.',
  key: null,
  danger: 'routine',
  target: 'database',
  locks: 'cluster',
  fields: [
    SLOT_FIELD,
    {
      name: 'reserve',
      explains: 'retain WAL from now on, not from its first use',
      kind: 'boolean',
      required: false,
      defaultText: 'true',
    },
  ],
  whyNot: needsDatabase,
  draft(clusterView, request): Draft {
    const database = requireTargetDatabase(clusterView, request)
    const name = databaseName(clusterView, database)
    const slot = slotName(request)
    const reserve = request.input.reserve !== 'false'
    const statement = `${name} retains WAL for the client of ${slot}: an inactive slot fills the disk.`
    return {
      target: { id: database, name },
      title: `create the slot ${slot} on ${name}`,
      danger: 'routine',
      impact: noImpact(statement),
      checks: [mayReplicate(database), notThere(database, slot), slotsLeft(database)],
      input: request.input,
      steps: [
        slotStep(database, name, 'create', slot, `pg_catalog.pg_create_physical_replication_slot($1, ${reserve})`),
      ],
    }
  },
}

export const dropSlotAction: Action = {
  name: 'drop-slot',
  title: 'drop a replication slot',
  explains: 'Frees the WAL that the slot retains; never drops an active slot.',
  key: null,
  danger: 'outage',
  target: 'database',
  locks: 'cluster',
  fields: [SLOT_FIELD],
  whyNot: needsDatabase,
  draft(clusterView, request): Draft {
    const database = requireTargetDatabase(clusterView, request)
    const name = databaseName(clusterView, database)
    const slot = slotName(request)
    const known = clusterView.picture.slots.find((each) => each.databaseId === database && each.name === slot)
    if (!known)
      throw new PlanError(`drop-slot: ${name} has no slot "${slot}"; it has ${slotNames(clusterView, database)}`)
    return {
      target: { id: database, name },
      title: `drop the slot ${slot} of ${name}`,
      danger: 'outage',
      confirm: slot,
      impact: { ...noImpact(freed(known)), orphans: known.usedBy === null ? [] : [`${known.usedBy} loses its slot`] },
      checks: [mayReplicate(database), notActive(known)],
      input: request.input,
      steps: [slotStep(database, name, 'drop', slot, 'pg_catalog.pg_drop_replication_slot($1)')],
    }
  },
}

function slotName({ action, input }: ActionRequest): string {
  const slot = input.slot ?? ''
  if (NAME.test(slot)) return slot
  throw new PlanError(
    `${action}: "${slot}" is not a valid slot name: small letters, digits and underscores, at most 63`,
  )
}

function slotNames({ picture }: PlanningView, database: string): string {
  const names = picture.slots.filter(({ databaseId }) => databaseId === database).map(({ name }) => name)
  return names.length === 0 ? 'none' : names.join(', ')
}

function freed({ retainedBytes, walStatus, name, type }: SlotView): string {
  const user = type === 'logical' ? 'Its consumer' : 'The standby that used it'
  const amount = retainedBytes === null ? 'the WAL that it retains' : formatBytes(retainedBytes)
  if (walStatus === 'lost') return `${name} is already lost: it retains nothing.`
  return `${amount} can be removed at the next checkpoint. After that ${user} can’t catch up from here.`
}

function notActive({ active, activePid, name }: SlotView): PreflightCheck {
  return {
    id: 'slot-active',
    mayOverride: false,
    async run(_, draft, tools) {
      const [row] = await tools.sql<{ active: boolean; pid: number | null }>(draft.target?.id ?? '', {
        text: 'SELECT active, active_pid AS pid FROM pg_catalog.pg_replication_slots WHERE slot_name = $1',
        values: [name],
      })
      const isActive = row?.active ?? active
      if (!isActive) return { result: 'pass', message: `${name} is inactive`, hint: null }
      return {
        result: 'fail',
        message: `${name} is in use by process ${row?.pid ?? activePid ?? '?'}`,
        hint: 'Stop the standby or its use of the slot first.',
      }
    },
  }
}

function notThere(database: string, slot: string): PreflightCheck {
  return {
    id: 'slot-exists',
    mayOverride: false,
    run({ picture }) {
      const exists = picture.slots.some(({ databaseId, name }) => databaseId === database && name === slot)
      if (exists)
        return { result: 'fail', message: `the slot ${slot} exists already`, hint: 'Use it, or choose another name.' }
      return { result: 'pass', message: `the name ${slot} is free`, hint: null }
    },
  }
}

function slotsLeft(database: string): PreflightCheck {
  return {
    id: 'slots-left',
    mayOverride: false,
    async run(clusterView, _, tools) {
      const [row] = await tools.sql<{ max: number; used: number }>(database, {
        text: `SELECT pg_catalog.current_setting('max_replication_slots')::int AS max,
          (SELECT pg_catalog.count(*)::int FROM pg_catalog.pg_replication_slots) AS used`,
      })
      if (!row) return null
      const message = `${row.used} of ${row.max} slots of ${findDatabase(clusterView, database)?.name ?? database} are used`
      if (row.used < row.max) return { result: 'pass', message, hint: null }
      return {
        result: 'fail',
        message,
        hint: 'Raise max_replication_slots and restart, or drop an unneeded slot.',
      }
    },
  }
}

/** Fails unless the role is a superuser or has REPLICATION. */
function mayReplicate(database: string): PreflightCheck {
  return {
    id: 'privilege',
    mayOverride: false,
    async run(_, __, tools) {
      const [row] = await tools.sql<{ role: string; may: boolean; grant: string }>(database, {
        text: `SELECT rolname AS role, rolreplication OR rolsuper AS may,
          pg_catalog.format('ALTER ROLE %I REPLICATION', rolname) AS grant
          FROM pg_catalog.pg_roles WHERE rolname = current_user`,
      })
      if (row?.may) return { result: 'pass', message: `${row.role} may create and drop slots`, hint: null }
      const hint = `As a superuser, on the primary: ${row?.grant ?? ''};`
      return { result: 'fail', message: `${row?.role ?? 'this role'} may not create or drop slots`, hint }
    },
  }
}
