// What pgdeck wants a manager to do: the act of a plan, before a manager has made a request of it.

import type { DatabaseView } from '../../../model/picture/picture.ts'
import type { HbaInsertion } from '../../add-hba-entry/edit-hba.ts'
import type { ChangedNode } from '../../change-setting/changed-node.ts'
import type { PromotionParticipants } from '../../definition/participants.ts'

export type WantedAct =
  /** A primary answers. `at`: scheduled, in milliseconds since the epoch; null: now. */
  | { readonly act: 'switchover'; readonly participants: PromotionParticipants; readonly at: number | null }
  /** No primary answers. */
  | { readonly act: 'failover'; readonly participants: PromotionParticipants }
  | { readonly act: 'restart'; readonly view: DatabaseView }
  | { readonly act: 'reload'; readonly view: DatabaseView }
  /** A new copy in the place of its data. */
  | {
      readonly act: 'rebuild'
      readonly view: DatabaseView
      readonly upstream: DatabaseView
      /** Whether the user has named the upstream. */
      readonly isNamed: boolean
    }
  /** An old primary returns as a standby. */
  | { readonly act: 'rejoin'; readonly view: DatabaseView; readonly upstream: DatabaseView }
  | { readonly act: 'follow'; readonly view: DatabaseView; readonly upstream: DatabaseView }
  /** It stops deciding by itself, until it is resumed. */
  | { readonly act: 'pause' }
  | { readonly act: 'resume' }
  | { readonly act: 'cancel-switchover' }
  | { readonly act: 'create-slot' | 'drop-slot'; readonly view: DatabaseView; readonly slot: string }
  | {
      readonly act: 'add-hba-entry'
      readonly view: DatabaseView
      /** The file that would get the lines, and their places there. */
      readonly file: string
      readonly insertions: readonly HbaInsertion[]
    }
  /** A setting of all databases; null resets it. */
  | {
      readonly act: 'set-parameter'
      readonly name: string
      readonly value: string | null
      /** What each server that is read has now. */
      readonly nodes: readonly ChangedNode[]
      /** False: the user has named some databases only. */
      readonly isForAll: boolean
    }
  /** The manager must not mind that the database is stopped next. `endsBy`: the action that ends this. */
  | { readonly act: 'take-out'; readonly view: DatabaseView; readonly endsBy: 'unfence' | 'start' }
  | { readonly act: 'put-back'; readonly view: DatabaseView }
  /** A standby leaves the cluster for good. */
  | { readonly act: 'leave'; readonly view: DatabaseView }

export type WantedActName = WantedAct['act']
