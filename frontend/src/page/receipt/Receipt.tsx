/** Place of the Receipt page. */
import { useTitle } from '../../shell/title.ts'

export default function Receipt() {
  useTitle('Receipt')
  return <h1>Receipt</h1>
}
