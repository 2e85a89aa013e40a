/** Both runtimes, for suites that hold on each. */

import type { Runtime } from '../../../../workers/engine/index.ts'
import { loadCanonicalRuntime } from '../../../../workers/node/runtime/canonical.ts'
import { loadNativeRuntime } from '../../../../workers/node/runtime/native.ts'

export const RUNTIMES: readonly { readonly name: string; readonly load: () => Promise<Runtime> }[] = [
  { name: 'canonical (onnxruntime-web)', load: loadCanonicalRuntime },
  { name: 'native (onnxruntime-node)', load: loadNativeRuntime },
]
