import type { Assembly } from './read-assembly.ts';
import { noValue, type ResolutionScope, resolveIntrinsics } from './resolve-intrinsics.ts';
import { localAccount, localRegion, nameProperty, toResourceIdentity } from './resource-identities.ts';
import type { Template } from './template-schema.ts';

/** A resource with every intrinsic function replaced. */
interface ResolvedResource {
  readonly logicalId: string;
  readonly type: string;
  /** What Ref yields, for the types that can be referred to. */
  readonly ref: string;
  /** The ARN, for the types that have one. */
  readonly arn: string;
  readonly properties: unknown;
}

export interface ResolvedTemplate {
  /** The resources of a type, in the template's order; those whose condition is false are left out. */
  resources(type: string): ResolvedResource[];
  readonly outputs: Readonly<Record<string, string>>;
}

const pseudoParameters: Readonly<Record<string, unknown>> = {
  'AWS::AccountId': localAccount,
  'AWS::Region': localRegion,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::NoValue': noValue,
};

export function resolveTemplate({ template, stackName }: Assembly): ResolvedTemplate {
  const scopeOf = createScopes(template, stackName);
  const toResolved = (logicalId: string): ResolvedResource => {
    const scope = scopeOf(logicalId);
    const { Type: type, Properties } = requireResource(template, logicalId, logicalId);
    const { ref, attributes } = identityOf(template, stackName, scope);
    return {
      logicalId,
      type,
      ref,
      arn: attributes['Arn'] ?? '',
      properties: resolveIntrinsics(Properties, scope),
    };
  };
  return {
    resources: (type) =>
      Object.entries(template.Resources)
        .filter(([, resource]) => resource.Type === type)
        .filter(([id, { Condition }]) => Condition === undefined || scopeOf(id).condition(Condition))
        .map(([id]) => toResolved(id)),
    outputs: Object.fromEntries(
      Object.entries(template.Outputs).map(([id, { Value }]) => [
        id,
        String(resolveIntrinsics(Value, scopeOf(id))),
      ]),
    ),
  };
}

function createScopes(template: Template, stackName: string): (logicalId: string) => ResolutionScope {
  const scopeOf = (logicalId: string): ResolutionScope => ({
    logicalId,
    reference(name) {
      if (name === 'AWS::StackName') return stackName;
      if (name in pseudoParameters) return pseudoParameters[name];
      if (name in template.Parameters) return template.Parameters[name]?.Default;
      requireResource(template, name, logicalId);
      return identityOf(template, stackName, scopeOf(name)).ref;
    },
    attribute(name, attribute) {
      const { Type } = requireResource(template, name, logicalId);
      const value = identityOf(template, stackName, scopeOf(name)).attributes[attribute];
      if (value === undefined)
        throw new Error(
          `${logicalId}: the attribute ${attribute} of ${name} (${Type}) is not supported locally`,
        );
      return value;
    },
    condition(name) {
      if (!(name in template.Conditions)) throw new Error(`${logicalId}: there is no condition ${name}`);
      return resolveIntrinsics(template.Conditions[name], scopeOf(name)) === true;
    },
  });
  return scopeOf;
}

function identityOf(template: Template, stackName: string, scope: ResolutionScope) {
  const { Type, Properties } = requireResource(template, scope.logicalId, scope.logicalId);
  const property = nameProperty(Type);
  const given = property === undefined ? undefined : Properties[property];
  return toResourceIdentity(Type, {
    stackName,
    logicalId: scope.logicalId,
    ...(given === undefined ? {} : { givenName: String(resolveIntrinsics(given, scope)) }),
  });
}

function requireResource(template: Template, name: string, askedBy: string) {
  const resource = template.Resources[name];
  if (resource === undefined) throw new Error(`${askedBy}: nothing in the template is called ${name}`);
  return resource;
}
