// The proof that users reach the primary by each address of the configuration, and where those lead before it moves.

import type { AddressConfig } from '../../config/config.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import type { PlannedStep } from '../../model/runs/plan.ts'
import type { ActionToolbox, PreflightCheck, PreflightResult } from '../definition/action.ts'
import { type Reached, reachedThrough } from './reached.ts'
import { verifyAddressKind } from './verify-address.ts'

export interface AddressPlan {
  readonly steps: readonly PlannedStep[]
  readonly checks: readonly PreflightCheck[]
}

/** `primary`: null where none answers, so that nothing is known of where the addresses lead. */
export async function planAddresses(
  { primary, target }: { readonly primary: DatabaseView | null; readonly target: DatabaseView },
  tools: ActionToolbox,
  prefix: string,
): Promise<AddressPlan> {
  const leading = (tools.config.addresses ?? []).filter(({ spec }) => spec.expects === 'primary')
  const up = primary !== null && primary.problem === null ? primary : null
  const all = await Promise.all(
    leading.map(async (config): Promise<AddressNow> => {
      const place = { kind: 'address', address: config.spec.id } as const
      return { config, now: up && (await reachedThrough(place, up.id, tools)) }
    }),
  )
  const provable = all.filter(({ now }) => !isUnprovable(now))
  return {
    steps: provable.map(({ config: { spec } }) =>
      verifyAddressKind.plan({ id: `${prefix}verify-${spec.id}`, address: spec.id, target }),
    ),
    checks: up === null || all.length === 0 ? [] : [addressesCheck(all, up)],
  }
}

interface AddressNow {
  readonly config: AddressConfig
  /** Where it leads before the act; null: not looked at. */
  readonly now: Reached | null
}

/** Statement pooling keeps no transaction together, so that nothing can be written and rolled back. */
function isUnprovable(now: Reached | null): boolean {
  return now?.kind === 'fault' && now.fault.code === 'pooler'
}

/** Warns of an address that does not lead to the primary before the act: it will hardly do so after it. */
function addressesCheck(all: readonly AddressNow[], primary: DatabaseView): PreflightCheck {
  return {
    id: 'addresses',
    mayOverride: false,
    run(): PreflightResult {
      const wrong = all.flatMap(({ config, now }) => {
        const { id } = config.spec
        if (now?.kind === 'elsewhere') return [`${id} leads to ${now.words}, not to ${primary.name}`]
        if (now?.kind !== 'fault') return []
        const proof = isUnprovable(now) ? '; it is not proven at the end' : ''
        return [`where ${id} leads is unknown: ${now.fault.message}${proof}`]
      })
      if (wrong.length > 0)
        return {
          result: 'warn',
          message: wrong.join('; '),
          hint: 'The run proves at its end that writes by each address reach the primary.',
        }
      const names = all.map(({ config }) => config.spec.id).join(', ')
      return {
        result: 'pass',
        message: `${names} ${all.length === 1 ? 'leads' : 'lead'} to ${primary.name}`,
        hint: null,
      }
    },
  }
}
