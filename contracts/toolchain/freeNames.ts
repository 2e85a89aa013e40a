/**
 * near-sdk-js exports each decorated method as a function of the same name at the module's top. A contract that imports its
 * rule under that name (`init` of init.ts for the method `init`) would declare it twice; this Babel plugin gives the
 * imported one another local name first.
 */

interface Scope {
  hasOwnBinding(name: string): boolean
  rename(name: string): void
}

interface Node {
  type: string
  declaration?: Node | null
  body?: { body: Node[] }
  key?: { name?: string }
  decorators?: unknown[] | null
}

interface ProgramPath {
  scope: Scope
  node: { body: Node[] }
}

export function freeMethodNames(): { visitor: { Program(path: ProgramPath): void } } {
  return {
    visitor: {
      Program({ node, scope }) {
        for (const statement of node.body) {
          const declaration = statement.declaration ?? statement
          if (declaration.type !== 'ClassDeclaration') continue
          for (const member of declaration.body!.body) {
            const name = member.key?.name
            if (member.type === 'ClassMethod' && member.decorators?.length && name && scope.hasOwnBinding(name)) {
              scope.rename(name)
            }
          }
        }
      },
    },
  }
}
