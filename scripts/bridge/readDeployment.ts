/** The deployment file of a bridge, from disk. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Deployment, DeploymentInvalidError, parseDeployment } from '../../chain/client/bridge/index.ts'

/** @param path bridge.json, or the folder that holds it  @throws DeploymentInvalidError */
export function readDeployment(path: string): Deployment {
  const at = resolve(path)
  const file = existsSync(join(at, 'bridge.json')) ? join(at, 'bridge.json') : at
  let json: unknown
  try {
    json = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new DeploymentInvalidError({
      what: `${file} cannot be read as the deployment of a bridge.`,
      fix: 'Name bridge.json with --deployment; `blyan up` writes it into its folder.',
      data: { field: 'deployment', path: file },
      cause,
    })
  }
  return parseDeployment(json)
}
