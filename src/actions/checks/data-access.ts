// The check that pgdeck may use the data directory that the configuration names.

import type { PreflightCheck, PreflightResult } from '../definition/action.ts'
import type { DatabaseService } from '../hosts/service.ts'

/** `isNeeded`: without the files the action can't be carried out. Else it only does less, or a person does it. */
export function dataAccess({ lacks }: DatabaseService, isNeeded = false): PreflightCheck {
  return {
    id: 'data-access',
    mayOverride: !isNeeded,
    run(): PreflightResult {
      return lacks ? { result: isNeeded ? 'fail' : 'warn', message: lacks.why, hint: lacks.hint } : null
    },
  }
}
