// The times in the audits of applications: forms that are widespread, each with its zone or that of the configuration.

import { instantOf, LOG_TIME } from '../logs/entries/log-time.ts'

const ZONES =
  '(?:Z|UTC|GMT|WES?T|CES?T|EES?T|MSK|SAST|EAT|[ECMPA][SD]T|AK[SD]T|HST|N[SD]T|JST|KST|HKT|PKT|WIB|IST|BST|AWST|AE[SD]T|AC[SD]T|NZ[SD]T)\\b'
const OFFSET = '[+-]\\d\\d(?::?\\d\\d)?'
const CLOCK = '\\d{1,2}:\\d\\d(?::\\d\\d(?:[.,]\\d{1,9})?)?'
const ZONE = `(?: ?(?:${OFFSET}|${ZONES}))?`
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const ISO = `\\d{4}-\\d\\d-\\d\\d[ T]${CLOCK}${ZONE}`
/** Of web servers: `30/Nov/2026:06:40:47 +0000`. */
const WEB = `\\d{1,2}/[A-Za-z]{3}/\\d{4}:${CLOCK}${ZONE}`
/** `Nov 30, 2026 06:40:47 AM`. */
const AMERICAN = `[A-Za-z]{3,9} \\d{1,2}, \\d{4},? ${CLOCK}(?: ?[AaPp][Mm])?${ZONE}`
/** Seconds or milliseconds since the epoch. */
const EPOCH = '\\d{10}(?:\\d{3}|\\.\\d{1,9})?(?!\\d)'

/** All forms, as the source of a regular expression. */
export const TIME_FORMS = `(?:${ISO}|${WEB}|${AMERICAN}|${EPOCH})`

const WHOLE = new RegExp(`^${TIME_FORMS}$`)

/** Why a time is none: it has another form, or no zone while the configuration names none either. */
export type TimeProblem = 'form' | 'zone'

/** Returns the instant in milliseconds. `zone`: the configured one, for times without their own; null: none. */
export function auditInstant(text: string, zone: string | null): number | TimeProblem {
  const given = text.trim()
  if (!WHOLE.test(given)) return 'form'
  if (/^\d{10,}(?:\.|$)/.test(given)) return Math.round(Number(given) * (/^\d{13}$/.test(given) ? 1 : 1000))
  const found = LOG_TIME.exec(plainForm(given))
  if (!found || Number.isNaN(Date.parse(`${found[1]}T${found[2]?.replace(',', '.')}Z`))) return 'form'
  return instantOf(found, zone, null) ?? 'zone'
}

/** The time as PostgreSQL writes it: `2026-11-30 06:40:47.123 UTC`. */
function plainForm(text: string): string {
  const web = /^(\d{1,2})\/([A-Za-z]{3})\/(\d{4}):(.*)$/.exec(text)
  const american = /^([A-Za-z]{3})[a-z]* (\d{1,2}), (\d{4}),? (.*)$/.exec(text)
  const iso = /^(\d{4}-\d\d-\d\d)[ T](.*)$/.exec(text)
  const [day, time = ''] = web
    ? [dayOf(web[3], web[2], web[1]), web[4]]
    : american
      ? [dayOf(american[3], american[1], american[2]), american[4]]
      : [iso?.[1], iso?.[2]]
  return `${day} ${plainClock(time)}`
}

function dayOf(year: string | undefined, month: string | undefined, day: string | undefined): string {
  const place = MONTHS.indexOf(month?.toLowerCase() ?? '') + 1
  return `${year}-${String(place).padStart(2, '0')}-${day?.padStart(2, '0')}`
}

/** On 24 hours, with seconds, and with at most the microseconds that are parsed. */
function plainClock(text: string): string {
  const match = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,6})\d*)?)?(?: ?([AP])M)?(.*)$/i.exec(text)
  const [, hour, minute, second = '00', part, half, zone = ''] = match ?? []
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toUpperCase() === 'P' ? 12 : 0)
  return `${String(hours).padStart(2, '0')}:${minute}:${second}${part === undefined ? '' : `.${part}`}${zone}`
}
