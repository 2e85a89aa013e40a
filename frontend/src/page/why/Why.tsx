/** Place of the Why page. */
import { useTitle } from '../../shell/title.ts'

export default function Why() {
  useTitle('Why')
  return <h1>Why</h1>
}
