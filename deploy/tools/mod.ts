/**
 * Tools that find, start, watch and stop the processes of this project.
 *
 * @module
 */
export { type NatsClusterOptions } from "./_nats_cluster.ts";
export { debianMirrors, debianProblem } from "./_nats_debian.ts";
export { releaseArchiveName } from "./_nats_release.ts";
export { compareVersions } from "./_nats_version.ts";
export { PROJECT_ROOT, projectCacheDir, type ReadEnv } from "./_project.ts";
export { run, type RunOptions, type RunResult } from "./_run.ts";
export { exitWithParent } from "./exit_with_parent.ts";
export { LogWriter, type LogWriterOptions } from "./log_writer.ts";
export {
  NatsPortInUseError,
  type NatsServerProcess,
  NatsServerStartError,
  NatsStoreInUseError,
  startNatsServer,
  type StartNatsServerOptions,
} from "./nats_process.ts";
export {
  howToGetNatsServer,
  NATS_SERVER_RELEASE,
  NATS_SERVER_RELEASE_URL,
  NATS_SERVER_VERSION_MIN,
  type NatsServer,
  type NatsServerAttempt,
  NatsServerNotFoundError,
  type NatsServerOrigin,
  resolveNatsServer,
  type ResolveNatsServerOptions,
} from "./nats_server.ts";
export { natsService, type NatsServiceOptions } from "./nats_service.ts";
export {
  EXIT_WITH_PARENT_FLAG,
  type RoleOptions,
  type RoleProcess,
  RoleStartError,
  type Running,
  startRole,
} from "./process.ts";
export {
  type RestartMode,
  roleService,
  type Service,
  type ServiceContext,
  type StopReason,
  type Supervised,
  Supervisor,
  type SupervisorOptions,
} from "./supervisor.ts";
