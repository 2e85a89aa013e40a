/** Place of the Models page. */
import { useTitle } from '../../shell/title.ts'

export default function Models() {
  useTitle('Models')
  return <h1>Models</h1>
}
