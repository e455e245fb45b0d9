package dev.lamella.auditor;

import dev.lamella.aws.Adapters;
import dev.lamella.aws.Environment;
import dev.lamella.core.read.ReadAudit;
import dev.lamella.gateway.Gateway;
import dev.lamella.gateway.Route;
import dev.lamella.gateway.Router;
import dev.lamella.gateway.token.TokenCallers;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * The function {@code auditor}: reads the audit trail. No other function can read logs, and this
 * one can do nothing else: the trail tells of everybody, and who answers clients has no need of it.
 */
public final class AuditorHandler extends Gateway {
  public AuditorHandler() {
    this(System.getenv(), InstantSource.system());
  }

  /**
   * @throws IllegalArgumentException naming the variable that is missing or wrong
   */
  public AuditorHandler(Map<String, String> variables, InstantSource clock) {
    this(new Environment(variables), clock);
  }

  private AuditorHandler(Environment environment, InstantSource clock) {
    this(environment, new Adapters(environment), clock);
  }

  private AuditorHandler(Environment environment, Adapters adapters, InstantSource clock) {
    super(
        new Router(
            routes(adapters, clock),
            TokenCallers.where(
                environment.required("SIGN_IN"),
                environment.required("SERVICE"),
                adapters.trust(),
                clock)));
  }

  /**
   * What it answers.
   *
   * @throws IllegalArgumentException naming the variable that is missing or wrong
   */
  public static List<Route> routes(Map<String, String> variables, InstantSource clock) {
    return routes(new Adapters(new Environment(variables)), clock);
  }

  private static List<Route> routes(Adapters adapters, InstantSource clock) {
    return new AuditRoutes(new ReadAudit(adapters.auditTrails(), clock), clock).routes();
  }
}
