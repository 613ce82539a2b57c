import * as z from 'zod';
import type { Assembly } from './read-assembly.ts';
import { type EventRule, readEventRules } from './read-event-rules.ts';
import { type LocalFunction, readFunctions } from './read-functions.ts';
import { type HttpRoute, readHttpRoutes } from './read-http-routes.ts';
import { readTables, type TableDefinition } from './read-tables.ts';
import { type ResolvedTemplate, resolveTemplate } from './resolved-template.ts';
import { requireSupportedTypes } from './resource-types.ts';

interface StateMachineDefinition {
  readonly name: string;
  readonly arn: string;
  /** Parsed Amazon States Language. */
  readonly definition: unknown;
}

/** All that the local gateway runs, read from the template. */
export interface LocalStack {
  readonly functions: readonly LocalFunction[];
  readonly tables: readonly TableDefinition[];
  readonly bucket: string;
  readonly stateMachines: readonly StateMachineDefinition[];
  readonly routes: readonly HttpRoute[];
  readonly rules: readonly EventRule[];
  readonly outputs: Readonly<Record<string, string>>;
}

/** Throws, naming the logical id, for a resource type or an intrinsic that the local gateway cannot play. */
export function readStack(assembly: Assembly): LocalStack {
  requireSupportedTypes(assembly.template);
  const template = resolveTemplate(assembly);
  return {
    functions: readFunctions(template, assembly.assetDirectory),
    tables: readTables(template),
    bucket: requireOne(template, 'AWS::S3::Bucket').ref,
    stateMachines: readStateMachines(template),
    routes: readHttpRoutes(template),
    rules: readEventRules(template),
    outputs: template.outputs,
  };
}

const stateMachineSchema = z.object({ DefinitionString: z.string() });

function readStateMachines(template: ResolvedTemplate): StateMachineDefinition[] {
  return template.resources('AWS::StepFunctions::StateMachine').map(({ arn, properties }) => {
    const definition: unknown = JSON.parse(stateMachineSchema.parse(properties).DefinitionString);
    return { arn, name: arn.slice(arn.lastIndexOf(':') + 1), definition };
  });
}

function requireOne(template: ResolvedTemplate, type: string) {
  const [resource, ...others] = template.resources(type);
  if (resource === undefined || others.length > 0)
    throw new Error(`The template holds ${others.length + (resource ? 1 : 0)} of ${type}; expected one`);
  return resource;
}
