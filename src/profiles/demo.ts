// The list of profiles whose product the demo can install.

import type { DemoProfileInstaller } from '../demo/demo-profile.ts'
import { manageEngineDemo } from './manageengine/demo/demo-profile.ts'

export const DEMO_INSTALLERS: readonly DemoProfileInstaller[] = [manageEngineDemo]
