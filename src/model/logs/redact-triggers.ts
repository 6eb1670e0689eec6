// What leads to a secret in logs, statements, settings and command lines: all shapes, the more exact ones first.

import { ASSIGNMENT_TRIGGERS } from './secret-assignments.ts'
import { COMMAND_TRIGGERS } from './secret-commands.ts'
import { PAIR_TRIGGERS } from './secret-pairs.ts'
import { PARAMETER_TRIGGERS } from './secret-parameters.ts'
import { SQL_TRIGGERS } from './secret-sql.ts'
import { TOKEN_TRIGGERS } from './secret-tokens.ts'
import type { SecretTrigger } from './secret-trigger.ts'

export const SECRET_TRIGGERS: readonly SecretTrigger[] = [
  ...COMMAND_TRIGGERS,
  ...SQL_TRIGGERS,
  ...PARAMETER_TRIGGERS,
  ...PAIR_TRIGGERS,
  ...ASSIGNMENT_TRIGGERS,
  ...TOKEN_TRIGGERS,
]
