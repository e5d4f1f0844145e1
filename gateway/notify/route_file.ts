/**
 * Reads the file that says where alerts are sent.
 *
 * @module
 */
import { AlertRoutes, ConfigError } from "../../actors/contract/mod.ts";
import type { AlertRoute } from "../../actors/contract/mod.ts";
import type { Sender } from "./sender.ts";
import { type SenderDeps, senderOf } from "./senders/mod.ts";
import { TemplateError } from "./template.ts";

/** A route that can be used. */
export interface OpenRoute {
  readonly name: string;
  readonly route: AlertRoute;
  readonly sender: Sender;
}

export interface RouteFileOptions {
  /** What the file is called. */
  source: string;
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * Routes by name, with what sends along each.
 *
 * @throws {ConfigError} with a line for each thing that is wrong: in which file, of which route and field.
 */
export function readRoutes(text: string, { source, env }: RouteFileOptions, deps: SenderDeps): OpenRoute[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigError([
      `${source}: expected JSON such as {"desk": {"type": "slack", …}}: ${(error as Error).message}`,
    ]);
  }
  const missing: string[] = [];
  const filled = fill(value, "", (name, at) => {
    if (!env[name]) missing.push(`${source}: ${at}: \${${name}} is not set in the environment`);
    return env[name] ?? "";
  });
  if (missing.length > 0) throw new ConfigError(missing);
  const parsed = AlertRoutes.safeParse(filled);
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map(({ path, message }) => `${source}: ${path.join(".") || "the whole"}: ${message}`),
    );
  }
  const routes: OpenRoute[] = [];
  const problems: string[] = [];
  for (const [name, route] of Object.entries(parsed.data)) {
    try {
      routes.push({ name, route, sender: senderOf(route, deps) });
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      problems.push(`${source}: ${name}.template: ${error.message}`);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return routes;
}

/** Every text with what `${NAME}` stands for in it. */
function fill(value: unknown, at: string, valueOf: (name: string, at: string) => string): unknown {
  if (typeof value === "string") {
    return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => valueOf(name, at));
  }
  if (Array.isArray(value)) return value.map((one, index) => fill(one, `${at}[${index}]`, valueOf));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, fill(one, at === "" ? key : `${at}.${key}`, valueOf)]),
  );
}
