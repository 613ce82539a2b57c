import { App } from 'aws-cdk-lib';
import * as z from 'zod';
import { GatewayStack } from '../../infra/gateway-stack.ts';
import { type DeploymentSettings, readSettings } from '../../infra/settings.ts';

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z.record(z.string(), z.unknown()),
      DeletionPolicy: z.string().optional(),
      DependsOn: z.array(z.string()).default([]),
    }),
  ),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown() })),
});

const texts = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
const statementSchema = z.object({ Effect: z.literal('Allow'), Action: texts, Resource: texts });
export type Statement = z.infer<typeof statementSchema>;

/** A resource of the template, with every reference flattened: `<LogicalId>` or `<LogicalId.Attribute>`. */
interface SynthesizedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly deletionPolicy: string | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
  /** The logical ids of what must be there before it. */
  readonly needs: readonly string[];
}

export interface SynthesizedGateway {
  readonly app: App;
  readonly resources: readonly SynthesizedResource[];
  readonly outputs: Readonly<Record<string, unknown>>;
  ofType(type: string): readonly SynthesizedResource[];
  /** The only resource of this type whose logical id begins so; throws when there is another, or none. */
  require(type: string, logicalId?: string): SynthesizedResource;
}

let ofDefaults: SynthesizedGateway | undefined;

/** The stack of the default settings; synthesized once for all test files of a worker, which only read it. */
export function defaultGateway(): SynthesizedGateway {
  ofDefaults ??= synthesizeGateway(readSettings({}));
  return ofDefaults;
}

/** Synthesizes the stack in this process, without bundling the functions. */
export function synthesizeGateway(settings: DeploymentSettings): SynthesizedGateway {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  new GatewayStack(app, settings.stackName, settings);
  const { template } = app.synth().getStackByName(settings.stackName);
  const { Resources, Outputs } = templateSchema.parse(flatten(template));
  const resources = Object.entries(Resources).map(([logicalId, resource]) => ({
    logicalId,
    type: resource.Type,
    deletionPolicy: resource.DeletionPolicy,
    properties: resource.Properties,
    needs: [...resource.DependsOn, ...referencesIn(resource.Properties)],
  }));
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  return {
    app,
    resources,
    outputs: Object.fromEntries(Object.entries(Outputs).map(([name, { Value }]) => [name, Value])),
    ofType,
    require(type, logicalId = '') {
      const [resource, ...others] = ofType(type).filter((found) => found.logicalId.startsWith(logicalId));
      if (resource === undefined || others.length > 0)
        throw new Error(`There is not exactly one ${type} ${logicalId}`);
      return resource;
    },
  };
}

const policySchema = z.object({
  Roles: z.array(z.string()),
  PolicyDocument: z.object({ Statement: z.array(statementSchema) }),
});

/** What the role of a function, such as `Api`, allows, in all its policies. */
export function statementsOf(gateway: SynthesizedGateway, name: string): readonly Statement[] {
  const role = `<${gateway.require('AWS::IAM::Role', `${name}Role`).logicalId}>`;
  const policies = gateway.ofType('AWS::IAM::Policy').map(({ properties }) => policySchema.parse(properties));
  return policies
    .filter(({ Roles }) => Roles.includes(role))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

/** The environment of a function such as `Api`. */
export function variablesOf(gateway: SynthesizedGateway, name: string): Readonly<Record<string, string>> {
  const { properties } = gateway.require('AWS::Lambda::Function', `${name}Function`);
  return z.object({ Variables: z.record(z.string(), z.string()) }).parse(properties['Environment']).Variables;
}

function referencesIn(properties: object): string[] {
  return [...JSON.stringify(properties).matchAll(/<([A-Za-z0-9]+)[.>]/g)].flatMap(([, id]) => id ?? []);
}

function flatten(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(flatten);
  if (typeof value !== 'object' || value === null) return value;
  const [[key, inner] = ['', undefined], ...others] = Object.entries(value);
  if (others.length === 0 && key === 'Ref') return `<${inner}>`;
  if (others.length === 0 && key === 'Fn::GetAtt') return `<${z.array(z.string()).parse(inner).join('.')}>`;
  if (others.length === 0 && key === 'Fn::Join') return join(inner);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, flatten(item)]));
}

function join(value: unknown): string {
  const [delimiter, parts] = z.tuple([z.string(), z.array(z.unknown())]).parse(value);
  return parts.map(flatten).join(delimiter);
}
