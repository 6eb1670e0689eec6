// What leads to a secret in logs, statements, settings and command lines: all shapes, the more exact ones first.

import { COMMAND_TRIGGERS } from './logs/secret-commands.ts'
import { NAMED_TRIGGERS } from './logs/secret-named.ts'
import { PAIR_TRIGGERS } from './logs/secret-pairs.ts'
import { PARAMETER_TRIGGERS } from './logs/secret-parameters.ts'
import type { Trigger } from './logs/secret-places.ts'
import { SQL_TRIGGERS } from './logs/secret-sql.ts'
import { TOKEN_TRIGGERS } from './logs/secret-tokens.ts'

export const TRIGGERS: readonly Trigger[] = [
  ...COMMAND_TRIGGERS,
  ...SQL_TRIGGERS,
  ...PARAMETER_TRIGGERS,
  ...PAIR_TRIGGERS,
  ...NAMED_TRIGGERS,
  ...TOKEN_TRIGGERS,
]
