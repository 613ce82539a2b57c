import * as z from 'zod';
import type { ResolvedTemplate } from './resolved-template.ts';

/** A route of the HTTP API. */
export interface HttpRoute {
  /** As API Gateway writes it: `POST /callbacks/{provider}` or `$default`. */
  readonly routeKey: string;
  readonly functionArn: string;
}

const routeSchema = z.object({ RouteKey: z.string(), Target: z.string().startsWith('integrations/') });
const integrationSchema = z.object({
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string().includes(':function:'),
  PayloadFormatVersion: z.literal('2.0'),
});

export function readHttpRoutes(template: ResolvedTemplate): HttpRoute[] {
  const functionArns = new Map(
    template
      .resources('AWS::ApiGatewayV2::Integration')
      .map(({ ref, properties }) => [
        `integrations/${ref}`,
        integrationSchema.parse(properties).IntegrationUri,
      ]),
  );
  return template.resources('AWS::ApiGatewayV2::Route').map(({ logicalId, properties }) => {
    const { RouteKey: routeKey, Target } = routeSchema.parse(properties);
    const functionArn = functionArns.get(Target);
    if (functionArn === undefined) throw new Error(`${logicalId}: the route's integration is missing`);
    return { routeKey, functionArn };
  });
}
